"""Trainings that were interrupted and resumed: what TensorBoard shows of their files, and what Suar shows."""

import itertools
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from dashboard import Dashboard, inspect
from real_tensorboard import READ_SCRIPT, require_tensorboard, run_script
from tensorboard_server import TensorBoardServer

VERSION = ["version", "brain.Event:2"]


def start(step):
    return ["start", step]


def steps(*numbers, tag="loss", session=0):
    """A point at each step; its value says which session logged it."""
    return [["scalar", step, tag, session] for step in numbers]


def written_passes(files):
    """The (step, session) of each pass of "loss" in these files: a session's points, in a file of theirs."""
    passes = []
    for events in files:
        points = [(step, session) for kind, step, *rest in events if kind == "scalar"
                  for tag, session in [rest] if tag == "loss"]
        passes += [list(group) for _, group in itertools.groupby(points, key=lambda point: point[1])]
    return passes


def notes(*numbers, session=0):
    return [["text", step, "note", str(session)] for step in numbers]


# What the event files of a run hold, in the order of their names, and the (step, session) of the points
# that both programs show of each tag.
AGREED = {
    "files that go on without a START": (
        [[VERSION, *steps(0, 1)], [VERSION, *steps(2, 3, session=1)], [VERSION, *steps(4, session=2)]],
        {"loss": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2)]}),
    "a START where the file before ended": (
        [[VERSION, start(0), *steps(0, 1, 2)], [VERSION, start(3), *steps(3, 4, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1)]}),
    "a START behind a gap": (
        [[VERSION, start(0), *steps(0, 1, 2)], [VERSION, start(100), *steps(100, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 0), (100, 1)]}),
    "a START at an earlier step": (
        [[VERSION, start(0), *steps(0, 1, 2, 3)], [VERSION, start(2), *steps(2, 3, 4, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]}),
    "a START at an earlier step in the same file": (
        [[VERSION, start(0), *steps(0, 1, 2, 3), start(2), *steps(2, 3, 4, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]}),
    "a START that has not come to its first point": (
        [[VERSION, start(0), *steps(0, 1, 2, 3)], [VERSION, start(2)]],
        {"loss": [(0, 0), (1, 0)]}),
    "a START at the very beginning": (
        [[VERSION, start(0), *steps(0, 1, 2, 3)], [VERSION, start(0), *steps(0, 1, session=1)]],
        {"loss": [(0, 1), (1, 1)]}),
    "steps that a resumed training logs less often": (
        [[VERSION, start(0), *steps(0, 1, 2, 3, 4)], [VERSION, start(2), *steps(4, 6, session=1)]],
        {"loss": [(0, 0), (1, 0), (4, 1), (6, 1)]}),
    "steps that a resumed training logs less often in the same file": (
        [[VERSION, start(0), *steps(0, 1, 2, 3, 4), start(2), *steps(4, 6, session=1)]],
        {"loss": [(0, 0), (1, 0), (4, 1), (6, 1)]}),
    "tags that a resumed training does not log again": (
        [[VERSION, start(0), *steps(0, 1, 2), *steps(0, 1, 2, tag="old"), *notes(0, 2)],
         [VERSION, start(1), *steps(1, 2, session=1), *notes(3, session=1)]],
        {"loss": [(0, 0), (1, 1), (2, 1)], "old": [(0, 0)], "note": [(0, 0), (3, 1)]}),
    "three sessions, each further back": (
        [[VERSION, start(0), *steps(0, 1, 2, 3, 4, 5)], [VERSION, start(4), *steps(4, 5, 6, session=1)],
         [VERSION, start(2), *steps(2, 3, session=2)]],
        {"loss": [(0, 0), (1, 0), (2, 2), (3, 2)]}),
    "three sessions, the second lost almost at once": (
        [[VERSION, start(0), *steps(0, 1, 2, 3)], [VERSION, start(2), *steps(2, session=1)],
         [VERSION, start(2), *steps(2, 3, 4, session=2)]],
        {"loss": [(0, 0), (1, 0), (2, 2), (3, 2), (4, 2)]}),
    "steps that go back in files of before the version": (
        [[*steps(0, 1, 2, 3), *steps(2, 3, 4, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]}),
    "negative steps": (
        [[VERSION, start(-3), *steps(-3, -2, -1)], [VERSION, start(-2), *steps(-2, 0, session=1)]],
        {"loss": [(-3, 0), (-2, 1), (0, 1)]}),
}

# What TensorBoard draws as a zigzag: Suar shows the later pass alone.
CLEANER = {
    "steps that go back without a START": (
        [[VERSION, *steps(0, 1, 2, 3)], [VERSION, *steps(2, 3, 4, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]}),
    "steps that go back in a session": (
        [[VERSION, start(0), *steps(0, 1, 2, 3), *steps(2, 3, 4, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]}),
    "the only START where the training was resumed": (
        [[VERSION, *steps(0, 1, 2, 3)], [VERSION, start(2), *steps(2, 3, 4, session=1)]],
        {"loss": [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]}),
}

# Runs that others began without a START, "loss" up to step 5 in session 7, with which our writer goes on at
# step 3, as its session 0.
BEGUN = {
    "begun by PyTorch": [[VERSION, *steps(*range(6), session=7)]],
    "begun behind an empty file": [[], [VERSION, *steps(*range(6), session=7)]],
    "begun by two writers at once": [[VERSION, *steps(*range(6), session=7)],
                                     [VERSION, *steps(*range(6), tag="other")]],
}

# Writes {run: [[event, ...] of each file]} from the input below the first argument.
WRITE_SCRIPT = r"""
import json, os, sys
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.record_writer import RecordWriter

time = 1.5e9
for run, files in json.load(sys.stdin).items():
    os.makedirs(os.path.join(sys.argv[1], run))
    for number, events in enumerate(files):
        path = os.path.join(sys.argv[1], run, f"events.out.tfevents.{1500000000 + number}.host")
        with open(path, "wb") as file:
            writer = RecordWriter(file)
            for kind, *content in events:
                time += 1
                event = event_pb2.Event(wall_time=time)
                if kind == "version":
                    event.file_version = content[0]
                elif kind == "start":
                    event.step = content[0]
                    event.session_log.status = event_pb2.SessionLog.START
                elif kind == "scalar":
                    event.step, tag, value = content
                    event.summary.value.add(tag=tag, simple_value=value)
                elif kind == "text":
                    event.step, tag, value = content
                    event.summary.CopyFrom(text_pb(tag, value))
                writer.write(event.SerializeToString())
            writer.flush()
"""

# A training by tensorboardX that is resumed twice, below the first argument.
PURGE_STEP_SCRIPT = r"""
import sys, time
import tensorboardX
for session, first in enumerate([None, 3, 2]):
    with tensorboardX.SummaryWriter(sys.argv[1] + "/tensorboardX", purge_step=first,
                                    filename_suffix=f".{session}") as writer:
        for step in range(first or 0, 5):
            writer.add_scalar("loss", session, step)
"""


# First steps of the sessions of a training by our own writer, which logs up to step 5 in each.
OUR_SESSIONS = [0, 3, 2, 4]


def setUpModule():
    global python
    python = require_tensorboard()


class Restarts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="suar-")
        cls.directory = pathlib.Path(cls.scratch.name)
        cls.cases = {**AGREED, **CLEANER}
        # A run's name says what is in it; a slash would make it a directory in another.
        assert not any("/" in name or "tfevents" in name for name in cls.cases)
        run_script(python, WRITE_SCRIPT, cls.directory,
                   what={**{name: files for name, (files, _) in cls.cases.items()}, **BEGUN})
        run_script(python, PURGE_STEP_SCRIPT, cls.directory)
        for run, sessions in {"suar": OUR_SESSIONS, **{name: [3] for name in BEGUN}}.items():
            subprocess.run([os.environ["SUAR_WRITE_SESSIONS"], cls.directory / run, *map(str, sessions)],
                           check=True)
        cls.theirs = run_script(python, READ_SCRIPT, cls.directory)
        cls.dashboard = Dashboard(cls.directory)

    @classmethod
    def tearDownClass(cls):
        cls.dashboard.close()
        cls.scratch.cleanup()

    def ours(self, run, tag):
        read = self.dashboard.texts if tag == "note" else self.dashboard.scalars
        return [(step, int(value)) for step, _, value in read(run, tag)]

    def test_are_shown_as_tensorboard_shows_them(self):
        for name, (_, expected) in AGREED.items():
            with self.subTest(name):
                theirs = {tag: [(step, int(value)) for step, _, value in points]
                          for tag, (_, points) in self.theirs[name].items()}
                self.assertEqual(theirs, expected, "TensorBoard")
                self.assertEqual({tag: self.ours(name, tag) for tag in expected}, expected, "Suar")

    def test_keep_the_times_of_the_points_that_tensorboard_shows(self):
        for name in AGREED:
            with self.subTest(name):
                self.assertEqual(self.dashboard.scalars(name, "loss"), self.theirs[name]["loss"][1])

    def test_show_the_later_pass_alone_where_tensorboard_shows_both(self):
        for name, (_, expected) in CLEANER.items():
            with self.subTest(name):
                self.assertEqual({tag: self.ours(name, tag) for tag in expected}, expected)

    def test_show_the_last_session_of_tensorboardx(self):
        self.assertEqual(self.ours("tensorboardX", "loss"), [(0, 0), (1, 0), (2, 2), (3, 2), (4, 2)])

    def test_of_our_own_writer_are_one_clean_curve(self):
        expected = [(0, 0), (1, 0), (2, 2), (3, 2), (4, 3), (5, 3)]
        for tag in ("loss", "note"):
            theirs = [(step, int(value)) for step, _, value in self.theirs["suar"][tag][1]]
            self.assertEqual(theirs, expected, "TensorBoard")
            self.assertEqual(self.ours("suar", tag), expected, "Suar")
        self.assertEqual(self.dashboard.scalars("suar", "loss"), self.theirs["suar"]["loss"][1])
        # What was added when the run was opened once more hid none of it.
        self.assertEqual([[step, value] for step, _, value in self.theirs["suar"]["test"][1]], [[5, 1]])
        self.assertEqual(self.ours("suar", "test"), [(5, 1)])

    def test_by_our_own_writer_of_runs_that_others_began_are_one_clean_curve(self):
        expected = [(0, 7), (1, 7), (2, 7), (3, 0), (4, 0), (5, 0)]
        runs = {run["name"]: {tag["tag"]: tag["points"] for tag in run["tags"]}
                for run in inspect(self.directory)[0]["runs"]}
        for name in BEGUN:
            with self.subTest(name):
                theirs = [(step, int(value)) for step, _, value in self.theirs[name]["loss"][1]]
                self.assertEqual(theirs, expected, "TensorBoard")
                self.assertEqual(self.ours(name, "loss"), expected, "Suar")
                self.assertEqual(self.passes(name), [[(step, 7) for step in range(6)],
                                                     [(step, 0) for step in range(3, 6)]])
                self.assertEqual(runs[name]["loss"], 6)
                if "other" in runs[name]:
                    self.assertEqual(runs[name]["other"], 3, "superseded with the rest")
                    self.assertEqual(len(self.theirs[name]["other"][1]), 3)

    def test_of_our_own_writer_are_one_clean_curve_for_the_fast_reader(self):
        server = TensorBoardServer(python, self.directory / "suar", True,
                                   lambda server: "test" in server.get("plugin/scalars/tags")["."])
        self.addCleanup(server.close)
        curve = lambda tag: [tuple(point[1:])
                             for point in server.get("plugin/scalars/scalars", run=".", tag=tag)]
        self.assertEqual(curve("loss"), [(0, 0), (1, 0), (2, 2), (3, 2), (4, 3), (5, 3)])
        self.assertEqual(curve("test"), [(5, 1)])
        notes = server.get("plugin/text/text", run=".", tag="note")
        self.assertEqual([(note["step"], re.sub("<[^>]*>", "", note["text"]).strip()) for note in notes],
                         [(0, "0"), (1, "0"), (2, "2"), (3, "2"), (4, "3"), (5, "3")])

    def test_are_there_with_every_pass_for_who_asks(self):
        for name, (files, _) in self.cases.items():
            with self.subTest(name):
                self.assertEqual(self.passes(name), written_passes(files))
        self.assertEqual(self.passes("tensorboardX"),
                         [[(step, session) for step in range(first, 5)]
                          for session, first in enumerate([0, 3, 2])])
        self.assertEqual(self.passes("suar"),
                         [[(step, session) for step in range(first, 6)]
                          for session, first in enumerate(OUR_SESSIONS)])

    def passes(self, run):
        passes = self.dashboard.passes(run, "loss")
        files = sorted(path.name for path in (self.directory / run).iterdir())
        self.assertEqual([file for file, _, _ in passes], sorted(file for file, _, _ in passes))
        self.assertLessEqual({file for file, _, _ in passes}, set(files))
        for _, of_file in itertools.groupby(passes, key=lambda one: one[0]):
            numbers = [number for _, number, _ in of_file]
            self.assertEqual(numbers, list(range(len(numbers))))
        return [[(step, int(value)) for step, _, value in points] for _, _, points in passes]

    def test_are_counted_alike_on_the_command_line(self):
        found, status = inspect(self.directory)
        self.assertEqual(status, 0)
        runs = {run["name"]: {tag["tag"]: tag for tag in run["tags"]} for run in found["runs"]}
        for name, (_, expected) in self.cases.items():
            with self.subTest(name):
                self.assertEqual(set(runs[name]), set(expected))
                for tag, points in expected.items():
                    self.assertEqual([runs[name][tag][key] for key in ("points", "first_step", "last_step")],
                                     [len(points), points[0][0], points[-1][0]])

    def test_keep_points_that_repeat_a_step(self):
        with tempfile.TemporaryDirectory(prefix="suar-") as directory:
            run_script(python, WRITE_SCRIPT, directory,
                       what={"run": [[VERSION, start(0), *steps(0, 0, 0, 0, 0, 1)]]})
            self.assertEqual(len(run_script(python, READ_SCRIPT, directory)["run"]["loss"][1]), 6)
            found, _ = inspect(directory)
            self.assertEqual(found["runs"][0]["tags"][0]["points"], 6)


if __name__ == "__main__":
    unittest.main()
