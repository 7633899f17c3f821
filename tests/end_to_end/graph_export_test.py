"""suar-export-graph on TorchScript files that Python wrote, and what the real TensorBoard makes of its graphs.

The files come from Debian's python3-torch, TensorBoard from PyPI into a virtual environment in the build folder;
where either cannot be had, the test says SKIPPED.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from real_tensorboard import require_tensorboard, run_script
from tensorboard_server import TensorBoardServer

PROGRAM = os.environ["SUAR_EXPORT_GRAPH"]
MAKE = pathlib.Path(__file__).with_name("make_torchscript.py")

# Graphs in protobuf's text format and as bytes, by TensorBoard's own schema: {name: [[name, op, inputs], ...]}.
PARSE_SCRIPT = r"""
import json, sys
from google.protobuf import text_format
from tensorboard.compat.proto import config_pb2, graph_pb2
answer = {}
for name, form, text in json.load(sys.stdin):
    if form == "times":
        metadata = text_format.Parse(text, config_pb2.RunMetadata())
        answer[name] = {stats.node_name: stats.all_end_rel_micros
                        for device in metadata.step_stats.dev_stats for stats in device.node_stats}
        continue
    if form == "text":
        graph = text_format.Parse(text, graph_pb2.GraphDef())
    else:
        graph = graph_pb2.GraphDef.FromString(bytes.fromhex(text))
    answer[name] = [[node.name, node.op, list(node.input)] for node in graph.node]
json.dump(answer, sys.stdout)
"""


def python_with_torch():
    """A Python that has torch. Skips the tests, and says SKIPPED, where there is none."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", "import torch"], capture_output=True, timeout=120).returncode == 0:
                return python
        except OSError:
            pass
    why = "no Python here has torch: apt-get install python3-torch"
    print("SKIPPED:", why)
    raise unittest.SkipTest(why)


def run(*arguments):
    answer = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


class GraphExport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch, tensorboard = python_with_torch(), require_tensorboard()
        cls.directory = tempfile.TemporaryDirectory(prefix="suar-")
        cls.addClassCleanup(cls.directory.cleanup)
        root = pathlib.Path(cls.directory.name)
        made = subprocess.run([torch, str(MAKE), str(root)], capture_output=True, text=True, timeout=300)
        assert made.returncode == 0, made.stderr
        cls.models = json.loads(made.stdout)
        cls.graphs = {}
        forms = []
        for name, model in cls.models.items():
            model["file"] = root / (name + ".pt")
            inputs = [argument for shape in model["inputs"] for argument in ("--input", shape)]
            for form, arguments in ((name, [*inputs, "--runs", "2"]), (name + "_structure", [])):
                pbtxt, graph = root / (form + ".pbtxt"), root / (form + ".json")
                run(model["file"], *arguments, "--logdir", root / "runs" / form, "-o", graph)
                run(model["file"], *arguments, "-o", pbtxt)
                cls.graphs[form] = json.loads(graph.read_text())
                forms.append((form + ".pbtxt", "text", pbtxt.read_text()))
        cls.server = TensorBoardServer(
            tensorboard, root / "runs", fast=False,
            loaded=lambda server: set(server.get("plugin/graphs/info")) == set(cls.graphs))
        cls.addClassCleanup(cls.server.close)
        for form in cls.graphs:
            forms.append((form, "text", cls.server.get_bytes("plugin/graphs/graph", run=form).decode()))
        for name in cls.models:
            forms.append((name + " times", "times",
                          cls.server.get_bytes("plugin/graphs/run_metadata", run=name, tag="step").decode()))
        cls.parsed = run_script(tensorboard, PARSE_SCRIPT, what=forms)

    def operations(self, form):
        """{scope: {op, ...}}"""
        scopes = {}
        for node in self.graphs[form]["nodes"]:
            if "::" in node["op"]:
                scopes.setdefault(node["name"].rpartition("/")[0], set()).add(node["op"])
        return scopes

    def test_tensorboard_shows_every_node_and_no_edge_leads_nowhere(self):
        for form, graph in self.graphs.items():
            ours = [[node["name"], node["op"], node["inputs"]] for node in graph["nodes"]]
            self.assertTrue(ours, form)
            self.assertEqual(self.parsed[form], ours, form)
            self.assertEqual(self.parsed[form + ".pbtxt"], ours, form)
            names = {name for name, _, _ in ours}
            self.assertEqual(len(names), len(ours), form)
            for name, _, inputs in ours:
                for source in inputs:
                    self.assertIn(source.partition(":")[0], names, f"{form}: {name}")

    def test_tensorboard_knows_the_time_of_every_operation(self):
        for name in self.models:
            times = self.parsed[name + " times"]
            self.assertTrue(times, name)
            for node in self.graphs[name]["nodes"]:
                measured = node["attributes"].get("microseconds")
                self.assertEqual(node["name"] in times, measured is not None, node["name"])
            convolutions = [node for node in self.graphs[name]["nodes"] if node["attributes"].get("macs")]
            self.assertTrue(convolutions, name)
            for node in convolutions:
                self.assertGreater(times[node["name"]], 0)

    def test_every_parameter_is_counted(self):
        for name, model in self.models.items():
            root = self.graphs[name]["modules"][0]
            self.assertEqual(root["cost"]["parameters"], model["parameters"], name)

    def test_layers_are_under_their_names_scripted_and_traced(self):
        for form in ("conv_net_scripted", "conv_net_traced"):
            scopes = self.operations(form)
            self.assertEqual(scopes["ConvNet/features/1"], {"aten::batch_norm"}, form)
            self.assertEqual(scopes["ConvNet/features/2"], {"aten::relu"}, form)
            self.assertEqual(scopes["ConvNet/features/3"], {"aten::relu"}, form)
            self.assertEqual(scopes["ConvNet/classifier"], {"aten::linear"}, form)
            self.assertEqual(scopes["ConvNet"], {"aten::flatten", "aten::log_softmax"}, form)
        self.assertIn("aten::softmax", self.operations("transformer_traced")["TransformerEncoder/layers/1/self_attn"])
        costs = [{module["scope"]: module["cost"]["macs"] for module in self.graphs[form]["modules"]}
                 for form in ("conv_net_scripted", "conv_net_traced")]
        self.assertEqual(costs[0], costs[1])
        macs = [self.graphs[form]["modules"][0]["cost"]["macs"]
                for form in ("transformer_scripted", "transformer_traced")]
        self.assertEqual(macs[0], macs[1])

    def test_every_operation_of_a_layer_tells_the_line_that_called_it(self):
        lines = MAKE.read_text().splitlines()
        for form in ("conv_net_scripted", "conv_net_traced"):
            for node in self.graphs[form]["nodes"]:
                if not node["name"].startswith("ConvNet/features/") or "::" not in node["op"]:
                    continue
                self.assertEqual(pathlib.Path(node["file"]).name, MAKE.name, f"{form}: {node}")
                self.assertIn("self.features(", lines[node["line"] - 1], f"{form}: {node}")

    def test_every_operation_of_a_run_has_its_shapes(self):
        for name in self.models:
            for node in self.graphs[name]["nodes"]:
                if "dtype" in node["attributes"]:
                    self.assertNotIn(None, node["output_shapes"], f"{name}: {node['name']}")

    def test_a_run_shows_what_ran_and_the_structure_shows_all(self):
        ran, structure = self.operations("controlled_scripted"), self.operations("controlled_scripted_structure")
        self.assertIn("Controlled/small", ran)
        self.assertNotIn("Controlled/large", ran)
        self.assertIn("aten::linear", structure["Controlled/if_1/then/large"])
        self.assertIn("aten::linear", structure["Controlled/if_1/else/small"])
        self.assertIn("aten::lstm", ran["Controlled/lstm"])
        (loop,) = [node for node in self.graphs["controlled_scripted"]["nodes"] if node["op"] == "prim::Loop"]
        self.assertEqual(loop["attributes"]["trip_count"], 3)


if __name__ == "__main__":
    unittest.main()
