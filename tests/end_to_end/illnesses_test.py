"""Each illness of the example is named rightly, live by the trainer and afterwards by the dashboard."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from example import run_example

RULES = {
    "vanishing": "vanishing-gradients",
    "exploding": "exploding-gradients",
    "dead-relu": "dead-relu",
    "nan": "non-finite-values",
}
SUBJECTS = {"dead-relu": "classifier.0.bias"}


class Illnesses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="suar-")
        cls.output = {}
        for illness in [None, *RULES]:
            sick = ["--sick", illness] if illness else []
            result = run_example(cls.directory.name, "--images", "20000", *sick)
            assert result.returncode == 0, result.stderr
            cls.output[illness] = result.stdout
        port_file = pathlib.Path(cls.directory.name, "port")
        cls.server = subprocess.Popen(
            [os.environ["SUAR_PROGRAM"], cls.directory.name, "--port", "0", "--port-file", port_file],
            stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not port_file.exists():
            assert cls.server.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        cls.address = f"http://127.0.0.1:{int(port_file.read_text())}"
        while cls.get("/api/runs")["loading"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.directory.cleanup()

    @classmethod
    def get(cls, path, **parameters):
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        with urllib.request.urlopen(cls.address + path + query, timeout=30) as answer:
            return json.load(answer)

    def test_are_named_by_the_trainer(self):
        for illness, rule in RULES.items():
            with self.subTest(illness):
                self.assertRegex(self.output[illness], rf"(?m)^Diagnosis: {rule}: ")

    def test_are_named_alike_by_the_dashboard(self):
        for illness, rule in RULES.items():
            with self.subTest(illness):
                findings = self.get("/api/diagnosis", run="fashion_mnist-" + illness)["findings"]
                self.assertIn(rule, [finding["rule"] for finding in findings])
                for finding in findings:
                    self.assertIn(f"Diagnosis: {finding['rule']}: {finding['message']}",
                                  self.output[illness])
                self.assertEqual(len(findings), self.output[illness].count("Diagnosis:"))

    def test_are_found_in_the_right_layer(self):
        for illness, subject in SUBJECTS.items():
            findings = self.get("/api/diagnosis", run="fashion_mnist-" + illness)["findings"]
            self.assertEqual(findings[0]["subject"], subject)

    def test_are_not_found_in_the_healthy_run(self):
        self.assertIn("Diagnosis: healthy, nothing found.", self.output[None])
        self.assertEqual(self.get("/api/diagnosis", run="fashion_mnist")["findings"], [])


if __name__ == "__main__":
    unittest.main()
