"""A run of two models, written by the callback: the dashboard judges each by itself, as the trainer does."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from dashboard import Dashboard


class SeveralModels(unittest.TestCase):
    def test_are_judged_each_by_itself(self):
        with tempfile.TemporaryDirectory(prefix="suar-") as directory:
            trainer = subprocess.run(
                [os.environ["SUAR_TRAIN_TWO_MODELS"], str(pathlib.Path(directory, "run"))],
                capture_output=True, text=True, timeout=300, check=True)
            with Dashboard(directory) as dashboard:
                findings = dashboard.get("/api/diagnosis", run="run")["findings"]
        self.assertEqual([[finding["rule"], finding["model"]] for finding in findings],
                         [["vanishing-gradients", "discriminator"]])
        self.assertRegex(findings[0]["subject"], r"^discriminator\.\d+\.(weight|bias)$")
        self.assertEqual(trainer.stdout.splitlines(),
                         [f"{finding['model']}: {finding['message']}" for finding in findings])


if __name__ == "__main__":
    unittest.main()
