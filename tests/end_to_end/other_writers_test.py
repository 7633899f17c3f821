"""Files that tensorboardX and TensorBoard's own writers wrote: TensorBoard and Suar read the same from them.

What both should read is also known from what was written, where that is simple.
"""

import pathlib
import tempfile
import unittest

from dashboard import Dashboard, inspect
from real_tensorboard import READ_SCRIPT, require_tensorboard, run_script

KINDS = {"scalars": "scalar", "histograms": "histogram", "images": "image", "text": "text"}

# Writes a run by each writer below the first argument.
WRITE_SCRIPT = r"""
import io, sys, time
import numpy as np
from PIL import Image
from tensorboard import summary
from tensorboard.compat.proto import event_pb2, graph_pb2, summary_pb2
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util
import tensorboardX

directory = sys.argv[1]
random = np.random.default_rng(1)
steps = [0, 1, 5, 1000]

def png(width, height):
    out = io.BytesIO()
    Image.fromarray(random.integers(0, 255, (height, width, 3), dtype=np.uint8)).save(out, "PNG")
    return out.getvalue()

# tensorboardX
writer = tensorboardX.SummaryWriter(directory + "/tensorboardX")
for step in steps:
    writer.add_scalar("Loss/train", 1 / (step + 1), step, summary_description="what is *lost*")
    writer.add_scalar("größe ✓", step, step)
    writer.add_scalar("sick", [0.5, float("nan"), float("inf"), -2.0][steps.index(step)], step)
    writer.add_histogram("Weights/all", random.normal(size=1000), step)
    writer.add_histogram("Weights/tails", np.array([-5e19, -3, 0, 0, 1e-20, 5e19]), step)
    writer.add_histogram("Weights/few", random.normal(size=100), step, bins="auto")
    writer.add_image("picture", random.random((3, 5, 7)), step)
    writer.add_images("pictures", random.random((4, 3, 5, 7)), step)
    writer.add_text("note", f"# step {step}\n| a | b |", step)
    writer.add_pr_curve("precision", random.integers(0, 2, 50), random.random(50), step)
writer.add_scalars("both", {"a": 1.0, "b": 2.0}, 3)
writer.close()

# tensorboard.summary.Writer
writer = summary.Writer(summary.DirectoryOutput(directory + "/summary_writer"))
for step in steps:
    writer.add_scalar("Loss/train", 1 / (step + 1), step, description="what is *lost*")
    writer.add_scalar("timed", step, step, wall_time=1.5e9 + step / 8)
writer.close()

def write(run, values):
    # values: (step, value); as TensorFlow does, metadata only with the first value of a tag.
    writer = EventFileWriter(directory + "/" + run)
    seen = set()
    for step, value in values:
        if value.tag in seen:
            value.ClearField("metadata")
        seen.add(value.tag)
        event = event_pb2.Event(wall_time=time.time(), step=step)
        event.summary.value.add().CopyFrom(value)
        writer.add_event(event)
    return writer

# The forms of TensorFlow 1, by TensorBoard's own messages.
Value = summary_pb2.Summary.Value
values = []
for step in steps:
    values.append((step, Value(tag="loss", simple_value=1 / (step + 1))))
    histogram = summary_pb2.HistogramProto(
        min=-2, max=3, num=10, sum=4.5, sum_squares=20,
        bucket_limit=[-1e308, -1, 0, 1, 2, 4, 1e308], bucket=[0, 2, 3, 0, 4, 1 + step, 0])
    values.append((step, Value(tag="weights", histo=histogram)))
    values.append((step, Value(tag="picture/image/0", image=summary_pb2.Summary.Image(
        height=5, width=7, colorspace=3, encoded_image_string=png(7, 5)))))
    values.append((step, Value(tag="sound", audio=summary_pb2.Summary.Audio(
        sample_rate=8000, num_channels=1, length_frames=1, encoded_audio_string=b"RIFF",
        content_type="audio/wav"))))
writer = write("tensorflow1", values)
graph = graph_pb2.GraphDef()
graph.node.add(name="x", op="Placeholder")
graph.node.add(name="net/y", op="Relu", input=["x"])
writer.add_event(event_pb2.Event(wall_time=time.time(), graph_def=graph.SerializeToString()))
writer.close()

# The forms of TensorFlow 2.
def tensor_value(tag, array, like):
    value = Value(tag=tag, tensor=tensor_util.make_tensor_proto(array))
    value.metadata.CopyFrom(like)
    return value

def content_value(tag, array, like):
    value = tensor_value(tag, array, like)
    for field in ("float_val", "double_val", "int64_val", "int_val"):
        value.tensor.ClearField(field)
    value.tensor.tensor_content = array.tobytes()
    return value

values = []
scalars = scalar_pb("", 0).value[0].metadata
histograms = histogram_pb("", np.zeros(1)).value[0].metadata
images = image_metadata.create_summary_metadata(display_name=None, description="*seen*",
                                                converted_to_tensor=False)
for step in steps:
    values.append((step, scalar_pb("loss", 1 / (step + 1), "what is *lost*").value[0]))
    values.append((step, tensor_value("double", np.float64(1 / 3 + step), scalars)))
    values.append((step, content_value("content", np.float32(1 / 3 + step), scalars)))
    values.append((step, content_value("double content", np.float64(1 / 3 + step), scalars)))
    values.append((step, histogram_pb("weights", random.normal(size=1000)).value[0]))
    values.append((step, histogram_pb("constant", np.full(10, 0.25)).value[0]))
    values.append((step, tensor_value("single precision", np.array(
        [[-1, 0, 3], [0, 0.5, 0], [0.5, 2, 1 + step]], np.float32), histograms)))
    values.append((step, tensor_value(
        "pictures", np.array([b"7", b"5", png(7, 5), png(7, 5)], dtype=object), images)))
    values.append((step, text_pb("note", f"# step {step} ✓").value[0]))
    values.append((step, text_pb("notes", ["first", "second"]).value[0]))
write("tensorflow2", values).close()
"""


def setUpModule():
    global python
    python = require_tensorboard()


class OtherWriters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="suar-")
        cls.directory = pathlib.Path(cls.scratch.name)
        run_script(python, WRITE_SCRIPT, cls.directory)
        cls.theirs = run_script(python, READ_SCRIPT, cls.directory)
        cls.dashboard = Dashboard(cls.directory)

    @classmethod
    def tearDownClass(cls):
        cls.dashboard.close()
        cls.scratch.cleanup()

    def expect_same_points(self, plugin, ours, same=None):
        """`ours(run, tag)` gives the points that TensorBoard shows, for every tag of that plugin."""
        compared = set()
        for run, tags in self.theirs.items():
            for tag, (found, points) in tags.items():
                if found == plugin:
                    with self.subTest(run=run, tag=tag):
                        (same or self.assertEqual)(points, ours(run, tag))
                    compared.add(run)
        return compared

    def test_leave_the_same_tags_with_as_many_points(self):
        found, status = inspect(self.directory)
        self.assertEqual(status, 0)
        ours = {run["name"]: {tag["tag"]: [tag["kind"], tag["points"], tag["first_step"], tag["last_step"]]
                              for tag in run["tags"]}
                for run in found["runs"]}
        theirs = {run: {tag: [KINDS.get(plugin, plugin), len(points), points[0][0], points[-1][0]]
                        for tag, (plugin, points) in tags.items() if tag != "__run_graph__"}
                  for run, tags in self.theirs.items()}
        self.maxDiff = None
        self.assertEqual(ours, theirs)

    def test_leave_the_same_curves(self):
        self.assertGreaterEqual(self.expect_same_points("scalars", self.dashboard.scalars),
                                {"tensorboardX", "summary_writer", "tensorflow1", "tensorflow2"})

    def test_leave_the_curves_that_were_logged(self):
        for run, tag in (("tensorboardX", "Loss/train"), ("summary_writer", "Loss/train"),
                         ("tensorflow1", "loss"), ("tensorflow2", "loss")):
            with self.subTest(run=run):
                points = self.dashboard.scalars(run, tag)
                self.assertEqual([step for step, _, _ in points], [0, 1, 5, 1000])
                for step, _, value in points:
                    self.assertAlmostEqual(value, 1 / (step + 1), delta=1e-7)
        self.assertEqual([value for _, _, value in self.dashboard.scalars("tensorboardX", "sick")],
                         [0.5, None, None, -2.0])
        for tag in ("double", "double content"):
            self.assertEqual([value for _, _, value in self.dashboard.scalars("tensorflow2", tag)],
                             [1 / 3 + step for step in (0, 1, 5, 1000)])
        self.assertEqual([time for _, time, _ in self.dashboard.scalars("summary_writer", "timed")],
                         [1.5e9 + step / 8 for step in (0, 1, 5, 1000)])

    def test_leave_the_same_histograms(self):
        def same(theirs, ours):
            self.assertEqual([point[:2] for point in theirs], [point[:2] for point in ours])
            for (_, _, expected), (_, _, found) in zip(theirs, ours):
                self.assertEqual(len(expected), len(found))
                for (left, right, count), bucket in zip(expected, found):
                    # TensorBoard rounds the old form to single precision.
                    self.assertAlmostEqual(left, bucket[0], delta=abs(left) * 1e-6)
                    self.assertAlmostEqual(right, bucket[1], delta=abs(right) * 1e-6)
                    self.assertEqual(count, bucket[2])

        self.assertGreaterEqual(self.expect_same_points("histograms", self.dashboard.histograms, same),
                                {"tensorboardX", "tensorflow1", "tensorflow2"})

    def test_leave_the_same_images(self):
        self.assertGreaterEqual(self.expect_same_points("images", self.dashboard.images),
                                {"tensorboardX", "tensorflow1", "tensorflow2"})

    def test_leave_the_same_texts(self):
        self.assertGreaterEqual(self.expect_same_points("text", self.dashboard.texts),
                                {"tensorboardX", "tensorflow2"})

    def test_leave_their_descriptions(self):
        runs = {run["name"]: run for run in self.dashboard.get("/api/runs")["runs"]}
        for run, kind, tag, description in (
                ("tensorboardX", "scalars", "Loss/train", "what is *lost*"),
                ("summary_writer", "scalars", "Loss/train", "what is *lost*"),
                ("tensorflow2", "scalars", "loss", "what is *lost*"),
                ("tensorflow2", "images", "pictures", "*seen*")):
            found = {entry["tag"]: entry["description"] for entry in runs[run][kind]}
            self.assertEqual(found[tag], description, run)

    def test_leave_their_graph(self):
        nodes = self.dashboard.get("/api/graph", run="tensorflow1")["nodes"]
        self.assertEqual([[node["name"], node["op"], node["inputs"]] for node in nodes],
                         [["x", "Placeholder", []], ["net/y", "Relu", ["x"]]])


if __name__ == "__main__":
    unittest.main()
