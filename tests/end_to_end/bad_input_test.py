"""What the example says when something is wrong with its input or its disk, and that training goes on."""

import gzip
import os
import pathlib
import shutil
import subprocess
import unittest

from event_file import read_events
from example import TestCase, event_files, run_example

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
TRAIN_IMAGES = "train-images-idx3-ubyte.gz"


class DataSet(TestCase):
    def expect_error(self, *words, data=None):
        result = run_example(self.directory / "runs", "--data", str(data or self.directory / "data"))
        self.assertEqual(result.returncode, 1)
        for word in (*words, "apt-get install dataset-fashion-mnist"):
            self.assertIn(word, result.stderr)
        self.assertLess(len(result.stderr.splitlines()), 5)

    def copy_data(self):
        shutil.copytree(DATA, self.directory / "data")
        return self.directory / "data" / TRAIN_IMAGES

    def test_missing(self):
        self.expect_error(TRAIN_IMAGES, "No such file", data=self.directory / "none")

    def test_cut_short(self):
        file = self.copy_data()
        os.truncate(file, 1000000)
        self.expect_error(TRAIN_IMAGES, "cut short")

    def test_damaged(self):
        file = self.copy_data()
        bytes_ = bytearray(file.read_bytes())
        for i in range(5000000, 5000100):
            bytes_[i] ^= 0xFF
        file.write_bytes(bytes_)
        self.expect_error(TRAIN_IMAGES, "damaged")

    def test_of_another_kind(self):
        file = self.copy_data()
        shutil.copy(DATA / "train-labels-idx1-ubyte.gz", file)
        self.expect_error(TRAIN_IMAGES, "another kind of file")

    def test_of_another_size(self):
        file = self.copy_data()
        shutil.copy(DATA / "t10k-images-idx3-ubyte.gz", file)
        self.expect_error(TRAIN_IMAGES, "expected 60000 x 28 x 28 bytes, found 10000 x 28 x 28 bytes")

    def test_with_labels_out_of_range(self):
        self.copy_data()
        labels = self.directory / "data" / "t10k-labels-idx1-ubyte.gz"
        plain = bytearray(gzip.decompress(labels.read_bytes()))
        plain[100] = 200
        labels.write_bytes(gzip.compress(bytes(plain)))
        result = run_example(self.directory / "runs", "--data", str(self.directory / "data"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("labels from 0 to 9", result.stderr)


class CommandLine(TestCase):
    def test_that_is_not_understood_says_so_and_points_to_the_help(self):
        for options in (["--sik", "nan"], ["--sick", "flu"], ["--epochs", "0"], ["--lr", "much"],
                        ["--port", "70000"]):
            result = run_example(self.directory / "runs", *options)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn("--help", result.stdout + result.stderr)
            self.assertIn(options[0], result.stdout + result.stderr)

    def test_help_names_every_option(self):
        result = run_example(self.directory / "runs", "--help")
        self.assertEqual(result.returncode, 0)
        for option in ("--epochs", "--batch-size", "--lr", "--logdir", "--data", "--port", "--no-serve",
                       "--sick"):
            self.assertIn(option, result.stdout)


class LogDirectory(TestCase):
    def test_that_cannot_be_created_is_a_clear_error(self):
        file = self.directory / "file"
        file.write_text("")
        result = run_example(file)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"cannot create the log directory {file}", result.stderr)
        self.assertIn("Choose one that can be written", result.stderr)

    @unittest.skipIf(os.geteuid() != 0, "only root can mount")
    def test_on_a_full_disk_does_not_stop_the_training(self):
        disk = self.directory / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest("cannot mount: " + mounted.stderr)
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=True)
        result = run_example(disk, "--images", "6400")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"Test accuracy: \d\d\.\d\d %")
        self.assertEqual(result.stderr.count("No space left on device"), 1, result.stderr)
        self.assertRegex(result.stderr, r"\d+ events (were|could not be written)")
        (path,) = event_files(disk)
        self.assertGreater(len(list(read_events(path))), 2, "whole records only")


if __name__ == "__main__":
    unittest.main()
