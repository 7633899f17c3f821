"""One epoch on real pictures: is everything in the event file that should be, and is it right?"""

import collections
import math
import pathlib
import statistics
import tempfile
import time
import unittest

from event_file import decode_png, read_events
from example import event_files, run_example

IMAGES, BATCH = 6400, 64
STEPS = IMAGES // BATCH
SIZES = {  # number of elements of each parameter of the example's network
    "features.0.weight": 16 * 9,
    "features.0.bias": 16,
    "features.3.weight": 32 * 16 * 9,
    "features.3.bias": 32,
    "classifier.0.weight": 128 * 32 * 7 * 7,
    "classifier.0.bias": 128,
    "classifier.3.weight": 10 * 128,
    "classifier.3.bias": 10,
}
HISTOGRAM_STEPS = list(range(0, STEPS, 50))
# Groups of tags, with one for each parameter, and for each activation.
STATISTICS = (
    "Weights", "WeightNorm", "WeightMeanAbs", "WeightZeros", "WeightNonFinite",
    "Gradients", "GradientNorm", "GradientMeanAbs", "GradientZeros", "GradientNonFinite", "DeadUnits",
    "Updates", "UpdateNorm", "UpdateMeanAbs", "UpdateZeros", "UpdateNonFinite", "UpdateRatio")
ACTIVATIONS = ("Activations", "ActivationZeros", "ActivationNonFinite", "ActivationGradients",
               "ActivationGradientNonFinite")


class RecordedRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="suar-")
        cls.began = time.time()
        cls.result = run_example(cls.directory.name, "--images", str(IMAGES), "--batch-size", str(BATCH))
        cls.ended = time.time()
        assert cls.result.returncode == 0, cls.result.stderr
        (path,) = event_files(cls.directory.name)
        cls.path = path
        cls.events = list(read_events(path))
        cls.series = collections.defaultdict(list)
        for event in cls.events:
            for tag, kind, value in event.get("values", []):
                cls.series[tag].append((event["step"], kind, value))

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def test_begins_with_the_version_and_the_start_of_the_session(self):
        self.assertEqual(self.events[0]["version"], "brain.Event:2")
        self.assertEqual(self.events[1]["session"], 1)
        self.assertRegex(self.path.name, r"^events\.out\.tfevents\.\d{10}\.[^.]+.*\.\d+\.\d+$")

    def test_has_wall_times_that_ascend_and_are_finer_than_seconds(self):
        times = [event["wall_time"] for event in self.events]
        self.assertEqual(times, sorted(times))
        self.assertGreaterEqual(times[0], self.began - 1)
        self.assertLessEqual(times[-1], self.ended + 1)
        self.assertTrue(any(t != int(t) for t in times))

    def test_has_every_tag_at_every_step_where_it_is_due_and_no_other(self):
        scalar_steps, epoch_steps = list(range(0, STEPS, 10)), [STEPS - 1]
        expected = dict.fromkeys((
            "Loss/train", "Accuracy/train", "LearningRate", "TotalGradientNorm", "StepTime/total", "StepTime/data",
            "StepTime/forward", "StepTime/backward", "StepTime/optimizer", "Throughput/steps", "Throughput/samples",
        ), scalar_steps)
        expected |= dict.fromkeys((
            "Loss/validation", "Accuracy/validation", "Samples/train", "Samples/train/captions", "Samples/train/tiles",
            "ConfusionMatrix/train", "ConfusionMatrix/train/counts",
            "ConfusionMatrix/validation", "ConfusionMatrix/validation/counts", "Filters/features.0.weight"), epoch_steps)
        expected |= dict.fromkeys(("System/memory_mb", "System/cpu_percent", "_hparams_/session_start_info"), [0])
        expected["_hparams_/session_end_info"] = epoch_steps
        for group in STATISTICS:
            expected |= dict.fromkeys((group + "/" + name for name in SIZES), HISTOGRAM_STEPS)
        for group in ACTIVATIONS:
            expected[group + "/features"] = HISTOGRAM_STEPS
        found = {tag: [step for step, _, _ in points] for tag, points in self.series.items()}
        self.assertEqual(found, expected)

    def test_has_losses_that_are_finite_and_fall(self):
        losses = [value for _, _, value in self.series["Loss/train"]]
        self.assertTrue(all(map(math.isfinite, losses)))
        self.assertAlmostEqual(losses[0], math.log(10), delta=0.3)
        self.assertLess(statistics.mean(losses[-3:]), 0.6 * losses[0])

    def test_has_one_histogram_of_each_parameter_for_each_step_where_one_is_due(self):
        for prefix in ("Weights/", "Gradients/", "Updates/"):
            for name, size in SIZES.items():
                histograms = self.series[prefix + name]
                self.assertEqual([step for step, _, _ in histograms], HISTOGRAM_STEPS, prefix + name)
                for _, kind, histogram in histograms:
                    self.assertEqual(kind, "histogram")
                    self.assertEqual(histogram["count"], size)
                    self.assertEqual(sum(histogram["counts"]), size)
                    limits = histogram["limits"]
                    self.assertEqual(list(limits), sorted(limits))
                    self.assertLessEqual(histogram["max"], limits[-1])
                    self.assertLessEqual(limits[0], histogram["max"])

    def test_has_statistics_that_agree_with_the_histograms(self):
        for name in SIZES:
            for (_, _, histogram), (_, _, norm) in zip(self.series["Gradients/" + name],
                                                       self.series["GradientNorm/" + name], strict=True):
                self.assertAlmostEqual(math.sqrt(histogram["sum_squares"]), norm, delta=1e-5 * norm)

    def test_has_sample_images_that_decode_with_a_caption_for_each_tile(self):
        ((step, kind, image),) = self.series["Samples/train"]
        self.assertEqual((step, kind), (STEPS - 1, "image"))
        width, height, channels, rows = decode_png(image["png"])
        self.assertEqual((width, height, channels), (8 * 30 + 2, 8 * 30 + 2, 3))
        self.assertEqual((image["width"], image["height"]), (width, height))
        self.assertGreater(len(set(rows)), 100, "many shades of grey")
        ((_, _, captions),) = self.series["Samples/train/captions"]
        self.assertEqual(len(captions.strip().splitlines()), 2 + BATCH)
        self.assertIn("Ankle boot", captions)
        ((step, kind, tiles),) = self.series["Samples/train/tiles"]
        self.assertEqual((step, kind), (STEPS - 1, "tensor"))
        self.assertIn(b"Ankle boot", tiles)

    def test_has_a_graph_whose_nodes_are_unique_and_whose_inputs_exist(self):
        (nodes,) = [event["graph"] for event in self.events if "graph" in event]
        names = [node["name"] for node in nodes]
        self.assertEqual(len(names), len(set(names)))
        for node in nodes:
            for source in node["inputs"]:
                self.assertIn(source.split(":")[0], names)
        ops = collections.Counter(node["op"] for node in nodes)
        self.assertEqual(ops["aten::_convolution"], 2)
        scopes = {name.rsplit("/", 1)[0] for name in names}
        self.assertTrue({"Net/features/0", "Net/features/3", "Net/classifier/0"} <= scopes, scopes)

    def test_has_a_graph_that_says_which_line_of_the_network_an_operation_comes_from(self):
        (nodes,) = [event["graph"] for event in self.events if "graph" in event]
        (relu,) = [node for node in nodes if node["name"] == "Net/features/1/relu"]
        path, _, line = relu["strings"]["_source"].rpartition(":")
        self.assertTrue(path.endswith("/examples/fashion_mnist/net.cpp"), path)
        self.assertIn("forward(", pathlib.Path(path).read_text().splitlines()[int(line) - 1])

    def test_prints_the_accuracy_and_the_diagnosis(self):
        self.assertRegex(self.result.stdout, r"Test accuracy: \d\d\.\d\d %")
        self.assertIn("Diagnosis: healthy, nothing found.", self.result.stdout)
        self.assertIn("epoch 1/1  validation", self.result.stderr)
        self.assertTrue(pathlib.Path(self.directory.name, "fashion_mnist").is_dir())


if __name__ == "__main__":
    unittest.main()
