"""What the real TensorBoard makes of the graphs of suar-export-graph.

TensorBoard comes from PyPI into a virtual environment in the build folder; where it or python3-torch cannot be had,
the test says SKIPPED.
"""

import pathlib
import tempfile
import unittest

from graph_files import export_all, make_models, run
from real_tensorboard import require_tensorboard, run_script
from tensorboard_server import TensorBoardServer

# Graphs in protobuf's text format, by TensorBoard's own schema: {name: [[name, op, inputs], ...]}; times of nodes.
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
    else:
        graph = text_format.Parse(text, graph_pb2.GraphDef())
        answer[name] = [[node.name, node.op, list(node.input)] for node in graph.node]
json.dump(answer, sys.stdout)
"""


class GraphInTensorBoard(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        tensorboard = require_tensorboard()
        cls.directory = tempfile.TemporaryDirectory(prefix="suar-")
        cls.addClassCleanup(cls.directory.cleanup)
        root = pathlib.Path(cls.directory.name)
        cls.models = make_models(root)
        cls.graphs = export_all(root, cls.models, "--logdir", str(root / "runs" / "{form}"))
        forms = []
        for name, model in cls.models.items():
            run(model["file"], *model["inputs"], "-o", root / (name + ".pbtxt"))
            forms.append((name + ".pbtxt", "graph", (root / (name + ".pbtxt")).read_text()))
            run(model["file"], *model["inputs"], "--runs", "2", "--logdir", root / "runs" / (name + "_timed"))
        cls.timed = {name + "_timed" for name in cls.models}
        cls.server = TensorBoardServer(
            tensorboard, root / "runs", fast=False,
            loaded=lambda server: set(server.get("plugin/graphs/info")) == set(cls.graphs) | cls.timed)
        cls.addClassCleanup(cls.server.close)
        for form in cls.graphs:
            forms.append((form, "graph", cls.server.get_bytes("plugin/graphs/graph", run=form).decode()))
        for form in cls.timed:
            forms.append((form, "times",
                          cls.server.get_bytes("plugin/graphs/run_metadata", run=form, tag="step").decode()))
        cls.parsed = run_script(tensorboard, PARSE_SCRIPT, what=forms)

    def test_every_node_is_shown(self):
        for form, graph in self.graphs.items():
            ours = [[node["name"], node["op"], node["inputs"]] for node in graph["nodes"]]
            self.assertTrue(ours, form)
            self.assertEqual(self.parsed[form], ours, form)
            if form in self.models:
                self.assertEqual(self.parsed[form + ".pbtxt"], ours, form)

    def test_every_operation_has_its_time(self):
        for name in self.models:
            times = self.parsed[name + "_timed"]
            nodes = {node["name"] for node in self.graphs[name]["nodes"]}
            self.assertLessEqual(set(times), nodes, name)
            costly = [node["name"] for node in self.graphs[name]["nodes"] if node["attributes"].get("macs")]
            self.assertTrue(times, name)
            for node in costly:
                self.assertGreater(times[node], 0)


if __name__ == "__main__":
    unittest.main()
