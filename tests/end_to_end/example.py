"""Runs the bundled example for the tests."""

import os
import pathlib
import subprocess
import tempfile
import unittest

EXAMPLE = os.environ["SUAR_EXAMPLE"]


def run_example(log_directory, *options, **keywords):
    """Trains one epoch on a few thousand pictures, without the dashboard."""
    return subprocess.run(
        [EXAMPLE, "--no-serve", "--epochs", "1", "--logdir", str(log_directory), *options],
        capture_output=True, text=True, timeout=500, **keywords)


def event_files(directory):
    return sorted(pathlib.Path(directory).rglob("*tfevents*"))


class TestCase(unittest.TestCase):
    """A test with a temporary directory of its own."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="suar-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
