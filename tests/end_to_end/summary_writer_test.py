"""What every method of SummaryWriter wrote, on the pages of the real TensorBoard: asked at the routes from which its pages
get what they show, with both of its readers.

TensorBoard comes from PyPI into a virtual environment in the build folder; where that cannot be had,
the test says SKIPPED.
"""

import array
import io
import math
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest
import wave

from event_file import decode_png
from real_tensorboard import require_tensorboard, run_script
from tensorboard_server import TensorBoardServer

PROGRAM = os.environ["SUAR_SUMMARY_WRITER"]
ROWS = ["run/lr 0.1", "run/lr 0.2", "run/lr 0.3"]

# The frames of a GIF, as another library decodes them: [loop, [[duration in ms, first pixel, last pixel], ...]].
GIF_SCRIPT = r"""
import io, json, sys
from PIL import Image
gif = Image.open(io.BytesIO(bytes.fromhex(json.load(sys.stdin))))
frames = []
for i in range(gif.n_frames):
    gif.seek(i)
    pixels = gif.convert("RGB")
    frames.append([gif.info["duration"], pixels.getpixel((0, 0)),
                   pixels.getpixel((pixels.width - 1, pixels.height - 1))])
json.dump([gif.info["loop"], frames], sys.stdout)
"""

# Tensors, which no page shows, by TensorBoard's own reader.
TENSOR_SCRIPT = r"""
import json, sys
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.util import tensor_util
accumulator = event_accumulator.EventAccumulator(sys.argv[1])
accumulator.Reload()
found = []
for tag in ("tensor", "bfloat16"):
    (event,) = accumulator.Tensors(tag)
    values = tensor_util.make_ndarray(event.tensor_proto)
    found.append([event.step, str(values.dtype), values.tolist()])
json.dump(found, sys.stdout)
"""


def session_groups(server):
    return server.get("plugin/hparams/session_groups", body={
        "experimentName": "", "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE",
                                                  "STATUS_RUNNING"],
        "colParams": [], "startIndex": 0, "sliceSize": 100})["sessionGroups"]


class Pages:
    """Tests of a server with the reader `fast`."""

    fast = None

    @classmethod
    def setUpClass(cls):
        cls.python = require_tensorboard()
        scratch = tempfile.TemporaryDirectory(prefix="suar-")
        cls.addClassCleanup(scratch.cleanup)
        # Two log directories: hyper-parameters with domains fix the columns of all others.
        cls.directory, cls.domains = (pathlib.Path(scratch.name, name) for name in ("all", "domains"))
        subprocess.run([PROGRAM, str(cls.directory), str(cls.domains)], check=True, timeout=120)
        cls.server = cls.serve(cls.directory, lambda server: "mesh" in server.get("plugin/mesh/tags")["run"]
                               and len(session_groups(server)) == len(ROWS))

    @classmethod
    def serve(cls, directory, loaded):
        server = TensorBoardServer(cls.python, directory, cls.fast, loaded)
        cls.addClassCleanup(server.close)
        return server

    def images(self, tag):
        (image,) = self.server.get("plugin/images/images", run="run", tag=tag, sample=0)
        return self.server.get_bytes("plugin/images/individualImage", query=image["query"])

    def test_show_scalars(self):
        points = self.server.get("plugin/scalars/scalars", run="run", tag="scalar")
        self.assertEqual([point[1:] for point in points], [[0, 0], [1, 0.5], [2, 1]])

    def test_show_text_that_is_not_utf8_as_far_as_it_is(self):
        (point,) = self.server.get("plugin/scalars/scalars", run="run", tag="caf\ufffd")
        self.assertEqual(point[1:], [5, 7])
        (text,) = self.server.get("plugin/text/text", run="run", tag="latin text")
        self.assertIn("caf\ufffd", text["text"])

    def test_show_scalars_that_belong_together_as_one_chart(self):
        layout = self.server.get("plugin/custom_scalars/layout")
        (category,) = [category for category in layout["category"] if category["title"] == "Scalars"]
        self.assertEqual(category["chart"], [{"title": "Loss", "multiline": {
            "tag": ["Loss/train$", r"Loss/validation \(all\)$"]}}])
        lines = {}
        for tag in category["chart"][0]["multiline"]["tag"]:
            found = self.server.get("plugin/custom_scalars/scalars", run="run", tag=tag)
            self.assertTrue(found["regex_valid"])
            lines.update(found["tag_to_events"])
        self.assertEqual({tag: [point[2] for point in points] for tag, points in lines.items()},
                         {"Loss/train": [0, 1, 2], "Loss/validation (all)": [0, -1, -2]})

    def test_show_the_custom_scalars_layout(self):
        layout = self.server.get("plugin/custom_scalars/layout")["category"]
        self.assertEqual(layout[1:], [
            {"title": "Mine", "closed": False, "chart": [
                {"title": "losses", "multiline": {"tag": ["Loss/"]}},
                {"title": "band", "margin": {"series": [
                    {"value": "scalar", "lower": "Loss/train", "upper": "Loss/validation (all)"}]}}]},
            {"title": "Other", "closed": True,
             "chart": [{"title": "one", "multiline": {"tag": ["scalar"]}}]}])

    def test_show_histograms(self):
        points = self.server.get("plugin/histograms/histograms", run="run", tag="histogram")
        self.assertEqual([point[1] for point in points], [0, 1, 2])
        for _, step, bins in points:
            self.assertEqual(sum(count for _, _, count in bins), 100)
            self.assertEqual((bins[0][0], bins[-1][1]), (step, 99 + step))
        points = self.server.get("plugin/histograms/histograms", run="run", tag="raw histogram")
        self.assertEqual([point[2] for point in points], 3 * [[[0, 1, 1], [1, 2, 2], [2, 4, 7]]])

    def test_read_tensors(self):
        self.assertEqual(run_script(self.python, TENSOR_SCRIPT, self.directory / "run"),
                         [[1, "int16", [[0, 1, 2], [3, 4, 5]]],
                          [1, "float32", [[0, 0.25, 0.5], [0.75, 1, 1.25]]]])

    def test_show_pr_curves(self):
        points = self.server.get("plugin/pr_curves/pr_curves", run="run", tag="pr")["run"]
        self.assertEqual([point["step"] for point in points], [0, 1])
        for point in points:
            self.assertEqual(point["thresholds"], [0, 0.25, 0.5, 0.75, 1])
            self.assertEqual(point["true_positives"], [2, 2, 2, 1, 1])
            self.assertEqual(point["false_positives"], [2, 1, 1, 1, 0])
            self.assertEqual(point["true_negatives"], [0, 1, 1, 1, 2])
            self.assertEqual(point["false_negatives"], [0, 0, 0, 1, 1])
            for value, expected in zip(point["precision"], [0.5, 2 / 3, 2 / 3, 0.5, 1]):
                self.assertAlmostEqual(value, expected, places=6)
            self.assertEqual(point["recall"], [1, 1, 1, 0.5, 0.5])
        (raw,) = self.server.get("plugin/pr_curves/pr_curves", run="run", tag="raw pr")["run"]
        self.assertEqual((raw["precision"], raw["recall"]), ([0.5, 0.75], [1, 0.25]))

    def test_show_images(self):
        ramp = [4 * (20 * channel + pixel) for pixel in range(20) for channel in range(3)]
        for tag in ("image", "image hwc"):
            width, height, channels, rows = decode_png(self.images(tag))
            self.assertEqual((width, height, channels), (5, 4, 3))
            pixels = self.unfilter(rows, width * channels, channels)
            self.assertEqual(pixels, ramp)
        self.assertEqual(decode_png(self.images("images"))[:3], (2 * 7 + 2, 2 * 6 + 2, 3))

    def test_show_what_a_series_is_said_to_be(self):
        self.assertIn("<em>ramp</em>",
                      self.server.get("plugin/images/tags")["run"]["image"]["description"])

    @staticmethod
    def unfilter(rows, size, channels):
        """The bytes of the pixels of a PNG, of which each row was written as differences."""
        def paeth(a, b, c):
            return min((a, b, c), key=lambda x: (abs(a + b - c - x), (a, b, c).index(x)))

        pixels, above = [], [0] * size
        for start in range(0, len(rows), size + 1):
            kind, row = rows[start], []
            for i, byte in enumerate(rows[start + 1 : start + 1 + size]):
                left = row[i - channels] if i >= channels else 0
                corner = above[i - channels] if i >= channels else 0
                guess = (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]
                row.append((byte + guess) % 256)
            pixels += row
            above = row
        return pixels

    def test_show_boxes_on_images(self):
        width, height, channels, rows = decode_png(self.images("boxes"))
        self.assertEqual((width, height, channels), (50, 40, 3))
        pixels = self.unfilter(rows, 150, 3)
        red = {(i // 3 % 50, i // 150) for i in range(0, len(pixels), 3) if pixels[i] == 255}
        self.assertEqual((min(x for x, _ in red), max(x for x, _ in red)), (10, 44))
        self.assertEqual((min(y for _, y in red), max(y for _, y in red)), (5, 34))
        self.assertNotIn((30, 15), red)

    def test_show_videos(self):
        gif = self.images("video")
        self.assertEqual(run_script(self.python, GIF_SCRIPT, what=gif.hex()),
                         [0, [[200, 3 * [value], 3 * [value]] for value in (0, 100, 200)]])

    def test_play_sound(self):
        for tag, channels, rate, frames in (("audio", 1, 8000, 800), ("stereo", 2, 44100, 10)):
            (clip,) = self.server.get("plugin/audio/audio", run="run", tag=tag, sample=0)
            self.assertEqual(clip["contentType"], "audio/wav")
            sound = self.server.get_bytes("plugin/audio/individualAudio", query=clip["query"])
            with wave.open(io.BytesIO(sound)) as file:
                self.assertEqual(file.getparams()[:4], (channels, 2, rate, frames))
                samples = array.array("h", file.readframes(frames))
            if tag == "stereo":
                self.assertEqual(samples.tolist(), 10 * [0, 32767])
            else:
                for i, sample in enumerate(samples):
                    self.assertAlmostEqual(sample / 32767, math.sin(2 * math.pi * 440 * i / 8000), delta=1e-3)

    def test_show_text(self):
        (text,) = self.server.get("plugin/text/text", run="run", tag="text")
        self.assertIn("<strong>bold</strong>", text["text"])

    def test_show_the_graph(self):
        self.assertTrue(self.server.get("plugin/graphs/info")["run"]["run_graph"])
        graph = self.server.get_bytes("plugin/graphs/graph", run="run").decode()
        self.assertIn("aten::relu", graph)

    def test_show_a_row_of_hyper_parameters_for_each_set(self):
        groups = sorted(session_groups(self.server), key=lambda group: group["hparams"]["lr"])
        self.assertEqual([group["hparams"] for group in groups], [
            {"lr": 0.1, "optimizer": "adam", "augment": False},
            {"lr": 0.2, "optimizer": "adam", "augment": True},
            {"lr": 0.3, "optimizer": "adam", "augment": True, "layers": 3, "clip": "inf",
             "caf\ufffd": "th\ufffd"}])
        for group, name, rate in zip(groups, ROWS, (0.1, 0.2, 0.3)):
            (session,) = group["sessions"]
            self.assertEqual((session["name"], session["status"]), (name, "STATUS_SUCCESS"))
            metrics = {metric["name"]["tag"]: metric["value"] for metric in session["metricValues"]}
            self.assertEqual(set(metrics), {"hparam/accuracy", "hparam/loss"})
            self.assertAlmostEqual(metrics["hparam/accuracy"], 2 * rate, places=6)
            self.assertAlmostEqual(metrics["hparam/loss"], 1 - rate, places=6)

    def test_gather_the_columns_from_all_sets(self):
        experiment = self.server.get("plugin/hparams/experiment", body={"experimentName": ""})
        self.assertEqual({info["name"]: info["type"] for info in experiment["hparamInfos"]},
                         {"lr": "DATA_TYPE_FLOAT64", "optimizer": "DATA_TYPE_STRING",
                          "augment": "DATA_TYPE_BOOL", "layers": "DATA_TYPE_FLOAT64",
                          "clip": "DATA_TYPE_STRING", "caf\ufffd": "DATA_TYPE_STRING"})

    def test_know_what_hyper_parameters_are_chosen_from(self):
        server = self.serve(self.domains, session_groups)
        experiment = server.get("plugin/hparams/experiment", body={"experimentName": ""})
        self.assertEqual({info["name"]: info["domainDiscrete"] for info in experiment["hparamInfos"]},
                         {"lr": [0.1, 0.2], "optimizer": ["adam", "sgd"]})
        (metric,) = experiment["metricInfos"]
        self.assertEqual(metric["name"]["tag"], "accuracy")
        (group,) = session_groups(server)
        (session,) = group["sessions"]
        self.assertEqual(session["name"], "own")
        (value,) = session["metricValues"]
        self.assertEqual((value["trainingStep"], value["value"]), (4, 0.5))

    def test_show_embeddings(self):
        self.assertEqual(self.server.get("plugin/projector/runs"), ["run"])
        embeddings = {embedding["tensorName"]: embedding for embedding in
                      self.server.get("plugin/projector/info", run="run")["embeddings"]}
        name = 'last "layer"/weight:00003'
        self.assertEqual(set(embeddings), {name, "default:00000"})
        self.assertEqual(embeddings[name]["tensorShape"], [2, 3])
        self.assertEqual(embeddings[name]["sprite"]["singleImageDim"], [4, 4])
        ask = lambda what, name, **more: self.server.get_bytes(
            f"plugin/projector/{what}", run="run", name=name, **more)
        points = struct.unpack("<6f", ask("tensor", name))
        for value, expected in zip(points, (0.5, 1, -2, 3, 1e-8, 5)):
            self.assertAlmostEqual(value, expected, places=14)
        self.assertEqual(ask("metadata", name), b"name\tkind\nfirst\ta\nsecond\tb\n")
        self.assertEqual(ask("metadata", "default:00000"), b"x\ny\nz\n")
        width, height, channels, rows = decode_png(ask("sprite_image", name))
        self.assertEqual((width, height, channels), (8, 8, 3))
        pixels = self.unfilter(rows, 24, 3)
        self.assertEqual(pixels[:24], 12 * [0] + 12 * [255], "the two pictures, side by side")

    def test_show_meshes(self):
        self.assertEqual(self.server.get("plugin/mesh/tags")["run"], {"mesh": {"samples": 1}})
        parts = self.server.get("plugin/mesh/meshes", run="run", tag="mesh", sample=0)
        self.assertEqual(sorted((part["step"], part["content_type"], part["data_shape"]) for part in parts),
                         [(step, kind, [1, 2 if kind == 2 else 4, 3]) for step in (0, 1)
                          for kind in (1, 2, 3)])
        self.assertEqual({(part["components"], part["config"]) for part in parts},
                         {(0b1110, '{"camera": {"cls": "PerspectiveCamera", "fov": 75}}')})
        ask = lambda kind: self.server.get_bytes(
            "plugin/mesh/data", run="run", tag="mesh", sample=0, step=1, content_type=kind)
        self.assertEqual(struct.unpack("<12f", ask("VERTEX")), (1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 2))
        self.assertEqual(struct.unpack("<6i", ask("FACE")), (0, 1, 2, 0, 1, 3))
        self.assertEqual(list(ask("COLOR")), [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])


class PagesOfTheFastReader(Pages, unittest.TestCase):
    fast = True


class PagesOfThePythonReader(Pages, unittest.TestCase):
    fast = False


if __name__ == "__main__":
    unittest.main()
