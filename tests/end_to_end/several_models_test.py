"""A run of two models, written by the callback: the dashboard judges each by itself, as the trainer does."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from dashboard import Dashboard


class SeveralModels(unittest.TestCase):
    def findings(self, *illness):
        """What the dashboard finds, which is what the trainer found."""
        with tempfile.TemporaryDirectory(prefix="suar-") as directory:
            trainer = subprocess.run(
                [os.environ["SUAR_TRAIN_TWO_MODELS"], str(pathlib.Path(directory, "run")), *illness],
                capture_output=True, text=True, timeout=300, check=True)
            with Dashboard(directory) as dashboard:
                findings = dashboard.get("/api/diagnosis", run="run")["findings"]
        self.assertEqual(trainer.stdout.splitlines(),
                         [f"{finding['model']}: {finding['message']}" for finding in findings])
        return findings

    def test_are_judged_each_by_itself(self):
        findings = self.findings()
        self.assertEqual([[finding["rule"], finding["model"]] for finding in findings],
                         [["vanishing-gradients", "discriminator"]])
        self.assertRegex(findings[0]["subject"], r"^discriminator\.\d+\.(weight|bias)$")

    def test_are_told_where_values_first_were_not_finite(self):
        (finding,) = [finding for finding in self.findings("overflow") if finding["rule"] == "non-finite-values"]
        self.assertEqual((finding["model"], finding["subject"], finding["first_step"]),
                         ("generator", "generator.hidden1", 4))


if __name__ == "__main__":
    unittest.main()
