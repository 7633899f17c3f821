"""Each illness of the example is named rightly, live by the trainer and afterwards by the dashboard."""

import tempfile
import unittest

from dashboard import Dashboard
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
        cls.dashboard = Dashboard(cls.directory.name)

    @classmethod
    def tearDownClass(cls):
        cls.dashboard.close()
        cls.directory.cleanup()

    def test_are_named_by_the_trainer(self):
        for illness, rule in RULES.items():
            with self.subTest(illness):
                self.assertRegex(self.output[illness], rf"(?m)^Diagnosis: {rule}: ")

    def test_are_named_alike_by_the_dashboard(self):
        for illness, rule in RULES.items():
            with self.subTest(illness):
                findings = self.dashboard.get("/api/diagnosis", run="fashion_mnist-" + illness)["findings"]
                self.assertIn(rule, [finding["rule"] for finding in findings])
                for finding in findings:
                    self.assertIn(f"Diagnosis: {finding['rule']}: {finding['message']}",
                                  self.output[illness])
                self.assertEqual(len(findings), self.output[illness].count("Diagnosis:"))

    def test_are_found_in_the_right_layer(self):
        for illness, subject in SUBJECTS.items():
            findings = self.dashboard.get("/api/diagnosis", run="fashion_mnist-" + illness)["findings"]
            self.assertEqual(findings[0]["subject"], subject)

    def test_are_not_found_in_the_healthy_run(self):
        self.assertIn("Diagnosis: healthy, nothing found.", self.output[None])
        self.assertEqual(self.dashboard.get("/api/diagnosis", run="fashion_mnist")["findings"], [])


if __name__ == "__main__":
    unittest.main()
