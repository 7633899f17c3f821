"""What the documents show is what there is."""

import os
import pathlib
import re
import subprocess
import textwrap
import unittest

SOURCE = pathlib.Path(os.environ["SUAR_SOURCE"])


class Readme(unittest.TestCase):
    def test_shows_code_that_is_compiled(self):
        compiled = []
        for program in ("readme_example", "rank_trainer"):
            code = (SOURCE / "tests/plugin" / f"{program}.cpp").read_text()
            compiled.append(textwrap.dedent(re.split(r" *// \[readme\]\n", code)[1]).strip())
        shown = re.findall(r"```cpp\n(.*?)```", (SOURCE / "README.md").read_text(), re.DOTALL)
        self.assertEqual([part.strip() for part in shown], compiled)

    def test_links_to_files_that_are_there(self):
        for document in subprocess.run(["git", "ls-files", "*.md"], cwd=SOURCE, text=True,
                                       capture_output=True, check=True).stdout.split():
            path = SOURCE / document
            # Not in code, where `[](` begins a lambda.
            text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL)
            for target in re.findall(r"\]\(([^)#]+)", text):
                if "://" not in target:
                    self.assertTrue((path.parent / target).exists(), f"{document}: {target}")


class Help(unittest.TestCase):
    def test_of_the_dashboard_names_its_options(self):
        result = subprocess.run([os.environ["SUAR_PROGRAM"], "--help"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0)
        for option in ("LOGDIR", "--host", "--port", "inspect"):
            self.assertIn(option, result.stdout)


if __name__ == "__main__":
    unittest.main()
