"""The real TensorBoard reads a run with its own EventAccumulator and graph plugin: same tags, same values.

TensorBoard comes from PyPI into a virtual environment in the build folder; where that cannot be had,
the test says SKIPPED.
"""

import tempfile
import unittest

from event_file import read_events
from example import event_files, run_example
from real_tensorboard import require_tensorboard, run_script

# Read by TensorBoard's own code, in the virtual environment.
TENSORBOARD_SCRIPT = r"""
import json, sys
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import graph_pb2
accumulator = event_accumulator.EventAccumulator(
    sys.argv[1], size_guidance={kind: 0 for kind in event_accumulator.DEFAULT_SIZE_GUIDANCE})
accumulator.Reload()
tags = accumulator.Tags()
graph = accumulator.Graph()
json.dump({
    "tags": {kind: tags[kind] for kind in ("scalars", "histograms", "images", "tensors")},
    "graph": [[node.name, node.op, list(node.input)] for node in graph.node],
    "scalars": {tag: [[e.step, e.wall_time, repr(e.value)] for e in accumulator.Scalars(tag)]
                for tag in tags["scalars"]},
    "histograms": {tag: [[e.step, e.histogram_value.num, list(e.histogram_value.bucket_limit),
                          list(e.histogram_value.bucket)] for e in accumulator.Histograms(tag)]
                   for tag in tags["histograms"]},
    "images": {tag: [[e.step, e.width, e.height, e.encoded_image_string.hex()]
                     for e in accumulator.Images(tag)] for tag in tags["images"]},
    "texts": {tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in accumulator.Tensors(tag)]
              for tag in accumulator.PluginTagToContent("text")},
    "tiles": sorted(accumulator.PluginTagToContent("suar_tiles")),
    "hyper_parameters": sorted(accumulator.PluginTagToContent("hparams")),
}, sys.stdout)
"""


class TensorBoard(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        python = require_tensorboard()
        cls.directory = tempfile.TemporaryDirectory(prefix="suar-")
        result = run_example(cls.directory.name, "--images", "6400")
        assert result.returncode == 0, result.stderr
        (path,) = event_files(cls.directory.name)
        cls.theirs = run_script(python, TENSORBOARD_SCRIPT, path.parent)
        cls.ours = {"scalar": {}, "histogram": {}, "image": {}, "text": {}, "tensor": {}, "nothing": {}}
        for event in read_events(path):
            if "graph" in event:
                cls.graph = event["graph"]
            for tag, kind, value in event.get("values", []):
                cls.ours[kind].setdefault(tag, []).append((event["step"], event["wall_time"], value))

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def test_sees_the_same_tags(self):
        for kind, theirs in (("scalar", "scalars"), ("histogram", "histograms"), ("image", "images")):
            self.assertEqual(set(self.ours[kind]), set(self.theirs["tags"][theirs]), kind)
            self.assertTrue(self.ours[kind], kind)
        self.assertEqual(set(self.ours["text"]) | set(self.ours["tensor"]), set(self.theirs["tags"]["tensors"]))
        self.assertEqual(set(self.ours["text"]), set(self.theirs["texts"]))
        self.assertEqual(list(self.ours["tensor"]), self.theirs["tiles"])

    def test_sees_what_the_training_was_begun_with_and_that_it_ended(self):
        self.assertEqual(self.theirs["hyper_parameters"],
                         ["_hparams_/session_end_info", "_hparams_/session_start_info"])
        self.assertEqual(sorted(self.ours["nothing"]), self.theirs["hyper_parameters"])

    def test_sees_the_same_points_of_every_curve(self):
        for tag, points in self.ours["scalar"].items():
            ours = [[step, time, repr(value)] for step, time, value in points]
            self.assertEqual(ours, self.theirs["scalars"][tag], tag)

    def test_sees_the_same_histograms(self):
        for tag, points in self.ours["histogram"].items():
            ours = [[step, value["count"], list(value["limits"]), list(value["counts"])]
                    for step, _, value in points]
            self.assertEqual(ours, self.theirs["histograms"][tag], tag)

    def test_sees_the_same_images_and_texts(self):
        for tag, points in self.ours["image"].items():
            ours = [[step, value["width"], value["height"], value["png"].hex()]
                    for step, _, value in points]
            self.assertEqual(ours, self.theirs["images"][tag], tag)
        for tag, points in self.ours["text"].items():
            ours = [[step, value] for step, _, value in points]
            self.assertEqual(ours, self.theirs["texts"][tag], tag)

    def test_sees_the_same_graph(self):
        ours = [[node["name"], node["op"], node["inputs"]] for node in self.graph]
        self.assertEqual(ours, self.theirs["graph"])


if __name__ == "__main__":
    unittest.main()
