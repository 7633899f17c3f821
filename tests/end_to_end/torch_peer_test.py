"""suar::SummaryWriter beside torch.utils.tensorboard.SummaryWriter: the same calls on the same data (same_calls.cpp),
and what the real TensorBoard reads of both. Where the two differ, they do so on purpose, and the test says how.

Not compared: the graph (of a model in another language), and videos, for which PyTorch needs moviepy.
"""

import bisect
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

from real_tensorboard import require_torch, run_script

# Makes the calls on the data in the directory of the first argument; the run goes to that of the second.
CALLS_SCRIPT = r"""
import pathlib, sys
import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter

data, run = pathlib.Path(sys.argv[1]), sys.argv[2]

def load(name, *shape, dtype=np.float32):
    return torch.from_numpy(np.fromfile(data / name, dtype).reshape(shape))

writer = SummaryWriter(run)
for step, value in enumerate(load("scalars", 5).tolist()):
    writer.add_scalar("scalar", value, 10 * step)
    writer.add_scalars("both", {"twice": 2 * value, "once": value}, 10 * step)
for step, values in enumerate(load("normal", 3, 1000)):
    writer.add_histogram("normal", values, step)
writer.add_histogram("tails", load("tails", 5), 0)
writer.add_histogram("zeros", torch.zeros(7, 3), 0)
writer.add_histogram("integers", torch.arange(-5, 20), 0)
writer.add_histogram_raw("raw", 0, 4, 10, 20, 60, [1, 2, 4], [1, 2, 7], 0)
labels, predictions, weights = load("labels", 200, dtype=np.int64), load("predictions", 200), load("weights", 200)
writer.add_pr_curve("pr", labels, predictions, 1)
writer.add_pr_curve("pr weighted", labels, predictions, 1, num_thresholds=11, weights=weights.numpy())
writer.add_pr_curve_raw("pr raw", [4, 2], [3, 1], [0, 2], [0, 2], [0.5, 0.75], [1, 0.25], 0, num_thresholds=2)

picture, pixels = load("picture", 3, 6, 9), load("bytes", 3, 6, 9, dtype=np.uint8)
writer.add_image("image", picture, 0)
writer.add_image("image of bytes", pixels, 0)
writer.add_image("image HWC", pixels.permute(1, 2, 0), 0, dataformats="HWC")
writer.add_image("image HW", picture[0], 0, dataformats="HW")
writer.add_images("images", load("batch", 5, 3, 6, 9, dtype=np.uint8), 0)
writer.add_image_with_boxes("boxes", torch.zeros(3, 20, 30), torch.tensor([[5, 4, 22, 15]]), 0)
writer.add_audio("audio", load("sound", 500), 0, sample_rate=8000)
writer.add_text("text", "some **bold** words", 0)

writer.add_hparams({"lr": 0.1, "optimizer": "adam", "augment": True, "layers": 3}, {"accuracy": 0.75, "loss": 0.5},
                   run_name="row")
writer.add_hparams({"lr": 0.2}, {"accuracy": 0.5}, {"lr": [0.1, 0.2]}, run_name="domains")
writer.add_embedding(load("points", 4, 3), [["a", "1"], ["b", "2"], ["c", "1"], ["d", "2"]],
                     load("labels of points", 4, 3, 5, 5), 7, "points", metadata_header=["name", "kind"])
vertices = load("vertices", 1, 4, 3)
writer.add_mesh("mesh", vertices, load("colors", 1, 4, 3, dtype=np.int32), load("faces", 1, 2, 3, dtype=np.int32),
                {"camera": {"fov": 75}}, 2)
writer.add_mesh("cloud", vertices, global_step=2)
writer.close()

for name, add in {
    "charts": lambda writer: writer.add_custom_scalars({"Mine": {
        "losses": ["Multiline", ["loss/(train|validation)"]], "band": ["Margin", ["mean", "least", "greatest"]]}}),
    "lines": lambda writer: writer.add_custom_scalars_multilinechart(["a", "b"], "some", "lines"),
    "band": lambda writer: writer.add_custom_scalars_marginchart(["mean", "least", "greatest"]),
}.items():
    with SummaryWriter(run + "/" + name) as writer:
        add(writer)
"""

# What TensorBoard reads of the run directory of the argument:
# {"runs": {run: {tag: {"plugin": name, "content": what the plugin says of the tag, "points": [[step, value], ...]}}},
#  "embeddings": [{"name", "points", "metadata", "sprite": picture, "size": of a tile}]}; a picture is
# [mode, rows of pixels].
READ_SCRIPT = r"""
import array, io, json, os, sys, wave
import numpy as np
from google.protobuf import json_format, text_format
from PIL import Image
from tensorboard.backend.event_processing import plugin_event_accumulator as accumulators
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import plugin_data_pb2 as hparams
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh
from tensorboard.plugins.pr_curve import plugin_data_pb2 as pr_curve
from tensorboard.plugins.projector import projector_config_pb2
from tensorboard.util import tensor_util

root = sys.argv[1]
CONTENTS = {"hparams": hparams.HParamsPluginData, "mesh": mesh.MeshPluginData, "pr_curves": pr_curve.PrCurvePluginData}

def content_of(plugin, content):
    if plugin not in CONTENTS:
        return None
    message = CONTENTS[plugin]()
    message.ParseFromString(content)
    return json_format.MessageToDict(message)

def picture_of(file):
    picture = Image.open(file)
    return [picture.mode, np.asarray(picture).astype(int).tolist()]

def value_of(plugin, values):
    if plugin == "images":
        (encoded,) = values[2:]
        return picture_of(io.BytesIO(encoded))
    if plugin == "audio":
        with wave.open(io.BytesIO(values.ravel()[0])) as file:
            samples = array.array("h", file.readframes(file.getnframes()))
            return [file.getparams()[:3], samples.tolist()]
    if plugin == "custom_scalars":
        layout = layout_pb2.Layout()
        layout.ParseFromString(values.item())
        return json_format.MessageToDict(layout)
    return [text.decode() for text in values.ravel()] if values.dtype == object else values.tolist()

runs = {}
for directory, _, files in os.walk(root):
    if not any("tfevents" in file for file in files):
        continue
    accumulator = accumulators.EventAccumulator(directory, size_guidance={accumulators.TENSORS: 0})
    accumulator.Reload()
    tags = {}
    for tag in accumulator.Tags()[accumulators.TENSORS]:
        data = accumulator.SummaryMetadata(tag).plugin_data
        tags[tag] = {"plugin": data.plugin_name, "content": content_of(data.plugin_name, data.content),
                     "points": [[event.step, value_of(data.plugin_name, tensor_util.make_ndarray(event.tensor_proto))]
                                for event in accumulator.Tensors(tag)]}
    runs[os.path.relpath(directory, root)] = tags

config = projector_config_pb2.ProjectorConfig()
text_format.Parse(open(root + "/projector_config.pbtxt").read(), config)
embeddings = [{"name": embedding.tensor_name,
               "points": np.loadtxt(os.path.join(root, embedding.tensor_path), delimiter="\t").tolist(),
               "metadata": open(os.path.join(root, embedding.metadata_path)).read(),
               "sprite": picture_of(os.path.join(root, embedding.sprite.image_path)),
               "size": list(embedding.sprite.single_image_dim)} for embedding in config.embeddings]
json.dump({"runs": runs, "embeddings": embeddings}, sys.stdout)
"""


def flat(value):
    """The numbers in lists of lists."""
    return [number for part in value for number in flat(part)] if isinstance(value, list) else [value]


class TheSameCallsOfPyTorch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        python = require_torch()
        with tempfile.TemporaryDirectory(prefix="suar-") as scratch:
            directory = pathlib.Path(scratch)
            subprocess.run([os.environ["SUAR_SAME_CALLS"], scratch], check=True, timeout=120)
            run_script(python, CALLS_SCRIPT, directory / "data", directory / "torch")
            suar, torch = (run_script(python, READ_SCRIPT, directory / name) for name in ("suar", "torch"))
        cls.ours, cls.theirs = suar["runs"], torch["runs"]
        cls.our_embeddings, cls.their_embeddings = suar["embeddings"], torch["embeddings"]

    def assert_same(self, tag, run="."):
        self.assertEqual(self.ours[run][tag], self.theirs[run][tag])

    def only_values(self, tag):
        """What both have of a tag of one point, after looking at everything else."""
        ours, theirs = self.ours["."][tag], self.theirs["."][tag]
        self.assertEqual((ours["plugin"], ours["content"]), (theirs["plugin"], theirs["content"]))
        ((our_step, our_value),), ((their_step, their_value),) = ours["points"], theirs["points"]
        self.assertEqual(our_step, their_step)
        return our_value, their_value

    def assert_within(self, difference, ours, theirs):
        ours, theirs = flat(ours), flat(theirs)
        self.assertEqual(len(ours), len(theirs))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(ours, theirs)), difference)

    def test_write_the_same_tags(self):
        theirs = set(self.theirs["."])
        # PyTorch appends to the tag of a text, and has a run for each of several scalars, which are tags here and share
        # a chart.
        theirs = theirs - {"text/text_summary"} | {"text", "both/once", "both/twice", "custom_scalars__config__"}
        self.assertEqual(set(self.ours["."]), theirs)
        self.assertEqual(set(self.ours), set(self.theirs) - {"both_once", "both_twice"})

    def test_write_the_same_scalars(self):
        self.assert_same("scalar")
        self.assertEqual(len(self.ours["."]["scalar"]["points"]), 5)
        for line in ("once", "twice"):
            self.assertEqual(self.ours["."]["both/" + line], self.theirs["both_" + line]["both"])

    def test_write_the_same_distributions(self):
        self.assert_same("raw")
        for tag, size in {"normal": 1000, "tails": 5, "zeros": 21, "integers": 25}.items():
            ours, theirs = self.ours["."][tag], self.theirs["."][tag]
            self.assertEqual(ours["plugin"], theirs["plugin"])
            self.assertEqual([step for step, _ in ours["points"]], [step for step, _ in theirs["points"]])
            for (_, our_bins), (_, their_bins) in zip(ours["points"], theirs["points"]):
                self.assertEqual(sum(count for *_, count in our_bins), size)
                self.assertEqual((our_bins[0][0], our_bins[-1][1]), (their_bins[0][0], their_bins[-1][1]), tag)
                if our_bins == their_bins:
                    continue  # also where all values are one
                # Runs of empty buckets are one here: at each edge that is left, as many values lie below it.
                below, edges = self.cumulated(their_bins)
                for edge, count in zip(*reversed(self.cumulated(our_bins))):
                    self.assertIn(edge, edges, tag)
                    self.assertEqual(count, below[bisect.bisect_right(edges, edge) - 1], f"{tag} below {edge}")
                self.assertLessEqual(len(our_bins), len(their_bins))

    @staticmethod
    def cumulated(bins):
        """How many values lie below each edge, and the edges."""
        below, edges = [0], [bins[0][0]]
        for left, right, count in bins:
            assert left == edges[-1]
            below.append(below[-1] + count)
            edges.append(right)
        return below, edges

    def test_write_the_same_precision_and_recall(self):
        for tag in ("pr", "pr weighted", "pr raw"):
            self.assert_same(tag)

    def test_write_the_same_pictures(self):
        self.assert_same("image of bytes")
        self.assert_same("image HWC")
        # Fractions of 255 are rounded here and cut off there.
        (our_mode, ours), (their_mode, theirs) = self.only_values("image")
        self.assertEqual(our_mode, their_mode)
        self.assert_within(1, ours, theirs)
        # Grey is one channel here.
        (our_mode, ours), (their_mode, theirs) = self.only_values("image HW")
        self.assertEqual((our_mode, their_mode), ("L", "RGB"))
        self.assert_within(1, [[[grey] * 3 for grey in row] for row in ours], theirs)

    def test_write_the_same_pictures_in_a_grid(self):
        (_, ours), (_, theirs) = self.only_values("images")
        # Here it is about square, with two pixels between the pictures; there all are in one row.
        self.assertEqual((len(ours), len(ours[0])), (2 + 2 * (6 + 2), 2 + 3 * (9 + 2)))
        self.assertEqual((len(theirs), len(theirs[0])), (6, 5 * 9))
        for i in range(5):
            top, left = 2 + i // 3 * (6 + 2), 2 + i % 3 * (9 + 2)
            self.assertEqual([row[left : left + 9] for row in ours[top : top + 6]],
                             [row[9 * i : 9 * i + 9] for row in theirs])

    def test_draw_the_same_boxes(self):
        (_, ours), (_, theirs) = self.only_values("boxes")
        ours, theirs = ({(x, y) for y, row in enumerate(picture) for x, pixel in enumerate(row) if pixel == [255, 0, 0]}
                        for picture in (ours, theirs))
        self.assertEqual((min(ours), max(ours)), ((5, 4), (21, 14)))
        # Lines lie inside of the box here, and on both sides of its edge there.
        for some, others in ((ours, theirs), (theirs, ours)):
            for x, y in some:
                self.assertTrue(any(max(abs(x - i), abs(y - j)) <= 2 for i, j in others), (x, y))

    def test_write_the_same_sound(self):
        (ours, our_samples), (theirs, their_samples) = self.only_values("audio")
        self.assertEqual(ours, theirs)
        self.assert_within(1, our_samples, their_samples)  # rounded here and cut off there

    def test_write_the_same_text(self):
        self.assertEqual(self.ours["."]["text"], self.theirs["."]["text/text_summary"])

    def test_write_the_same_hyper_parameters(self):
        tag = "_hparams_/session_start_info"
        ours, theirs = ({run: read[run][tag]["content"]["sessionStartInfo"]["hparams"] for run in ("row", "domains")}
                        for read in (self.ours, self.theirs))
        self.assertEqual(ours["row"], {"lr": 0.1, "optimizer": "adam", "augment": True, "layers": 3})
        self.assertIs(ours["row"]["augment"], True)  # PyTorch 1.13 makes a number of it
        self.assertEqual(ours, theirs)
        for run, metrics in {"row": ["accuracy", "loss"], "domains": ["accuracy"]}.items():
            for metric in metrics:
                self.assert_same(metric, run)
            for read in (self.ours, self.theirs):
                end = read[run]["_hparams_/session_end_info"]["content"]["sessionEndInfo"]
                self.assertEqual(end["status"], "STATUS_SUCCESS")
        experiments = [read["domains"]["_hparams_/experiment"]["content"]["experiment"]
                       for read in (self.ours, self.theirs)]
        for key in ("hparamInfos", "metricInfos"):
            self.assertEqual(experiments[0][key], experiments[1][key])
        # Here an experiment is written only where there are domains: one without would fix the columns of all rows.
        self.assertNotIn("_hparams_/experiment", self.ours["row"])
        self.assertIn("_hparams_/experiment", self.theirs["row"])

    def test_write_the_same_embedding(self):
        (ours,), (theirs,) = self.our_embeddings, self.their_embeddings
        for key in ("name", "metadata", "size"):
            self.assertEqual(ours[key], theirs[key])
        for a, b in zip(flat(ours["points"]), flat(theirs["points"]), strict=True):
            self.assertTrue(math.isclose(a, b, rel_tol=1e-7), (a, b))
        (our_mode, our_sprite), (their_mode, their_sprite) = ours["sprite"], theirs["sprite"]
        self.assertEqual(our_mode, their_mode)
        self.assert_within(1, our_sprite, their_sprite)

    def test_write_the_same_meshes(self):
        for tag in ("mesh_VERTEX", "mesh_COLOR", "mesh_FACE", "cloud_VERTEX"):
            self.assert_same(tag)

    def test_write_the_same_layout_of_charts(self):
        for run in ("charts", "lines", "band"):
            self.assert_same("custom_scalars__config__", run)


if __name__ == "__main__":
    unittest.main()
