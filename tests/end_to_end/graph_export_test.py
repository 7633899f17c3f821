"""suar-export-graph on TorchScript files that Python wrote: what of each model its graph must show."""

import pathlib
import tempfile
import unittest

from graph_files import MAKE, export_all, make_models

# What hands no tensors on, but numbers, lists or nothing.
WITHOUT_SHAPE = {"prim::Loop", "prim::If", "aten::append"}


class GraphExport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="suar-")
        cls.addClassCleanup(cls.directory.cleanup)
        root = pathlib.Path(cls.directory.name)
        cls.models = make_models(root)
        cls.graphs = export_all(root, cls.models)

    def node(self, form, name):
        found = [node for node in self.graphs[form]["nodes"] if node["name"] == name]
        self.assertTrue(found, f"{form}: no {name} among {[node['name'] for node in self.graphs[form]['nodes']]}")
        return found[0]

    def operations(self, form):
        """{scope: {op, ...}}"""
        scopes = {}
        for node in self.graphs[form]["nodes"]:
            if "::" in node["op"]:
                scopes.setdefault(node["name"].rpartition("/")[0], set()).add(node["op"])
        return scopes

    def test_names_are_unique_and_no_edge_leads_nowhere(self):
        for form, graph in self.graphs.items():
            nodes = {node["name"]: node for node in graph["nodes"]}
            self.assertTrue(nodes, form)
            self.assertEqual(len(nodes), len(graph["nodes"]), form)
            for name, node in nodes.items():
                for source in node["inputs"]:
                    producer, _, output = source.partition(":")
                    self.assertIn(producer, nodes, f"{form}: {name}")
                    self.assertLess(int(output or 0), len(nodes[producer]["output_shapes"]), f"{form}: {name}")

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
            seen = 0
            for node in self.graphs[name]["nodes"]:
                if "::" not in node["op"] or node["op"] in WITHOUT_SHAPE:
                    continue
                seen += 1
                self.assertTrue(node["output_shapes"], f"{name}: {node['name']}")
                self.assertNotIn(None, node["output_shapes"], f"{name}: {node['name']}")
                self.assertIn("dtype", node["attributes"], f"{name}: {node['name']}")
            self.assertGreater(seen, 0, name)

    def test_a_run_shows_what_ran_and_the_structure_shows_all(self):
        ran, structure = self.operations("controlled_scripted"), self.operations("controlled_scripted_structure")
        self.assertIn("Controlled/small", ran)
        self.assertNotIn("Controlled/large", ran)
        self.assertIn("aten::linear", structure["Controlled/if_1/then/large"])
        self.assertIn("aten::linear", structure["Controlled/if_1/else/small"])
        self.assertIn("aten::lstm", ran["Controlled/lstm"])
        (loop,) = [node for node in self.graphs["controlled_scripted"]["nodes"] if node["op"] == "prim::Loop"]
        self.assertEqual(loop["attributes"]["trip_count"], 3)
        self.assertTrue(loop["file"].endswith(MAKE.name), loop)

    def test_the_structure_is_the_model_without_its_checks(self):
        for name in self.models:
            operations = set().union(*self.operations(name + "_structure").values())
            self.assertFalse(operations & {"aten::dim", "aten::size", "aten::len", "aten::__isnot__", "prim::is_cuda",
                                           "prim::requires_grad", "prim::TupleIndex"}, name)
        operations = set().union(*self.operations("transformer_traced_structure").values())
        self.assertFalse(operations & {"prim::NumToTensor", "aten::Int"})
        operations = set().union(*self.operations("transformer_scripted_structure").values())
        self.assertLessEqual({"aten::linear", "aten::softmax", "aten::layer_norm"}, operations)

    def test_a_traced_lstm_is_one_operation_on_its_weights(self):
        lstm = self.node("tagger_traced", "Tagger/lstm/lstm")
        self.assertEqual(lstm["output_shapes"], [[7, 2, 10], [4, 2, 5], [4, 2, 5]])
        self.assertEqual(lstm["inputs"][0], "Tagger/embedding/embedding")
        weights = [source for source in lstm["inputs"] if "weight" in source or "bias" in source]
        self.assertEqual(len(weights), 16)
        self.assertEqual(self.node("tagger_traced", "Tagger/tanh")["inputs"], ["Tagger/lstm/lstm"])

    def test_forks_show_what_they_run(self):
        scopes = self.operations("forked_scripted")
        self.assertEqual(scopes["Forked/left"], {"aten::linear"})
        self.assertEqual(scopes["Forked/right"], {"aten::linear"})
        self.assertEqual(self.node("forked_scripted", "Forked/mul")["inputs"],
                         ["Forked/left/linear", "Forked/right/linear"])

    def test_containers_are_seen_through(self):
        form = "containers_scripted"
        self.assertEqual(self.operations(form), {"Containers": {"aten::exp", "aten::chunk", "aten::relu", "aten::add"},
                                                 "Containers/pair": {"aten::tanh"}})
        self.assertEqual(self.node(form, "Containers/relu")["inputs"], ["Containers/chunk"])
        self.assertEqual(self.node(form, "Containers/add")["inputs"], ["Containers/pair/tanh", "Containers/exp"])
        self.assertEqual(self.node(form, "output/last")["inputs"], ["Containers/relu"])
        self.assertEqual(self.node(form, "output/sum")["inputs"], ["Containers/add"])

    def test_attributes_that_are_set_hold_what_was_computed(self):
        form = "stateful_scripted"
        self.assertEqual(self.node(form, "Stateful/add")["inputs"], ["Stateful/linear/linear", "Stateful/hidden"])
        self.assertEqual(self.node(form, "Stateful/mul")["inputs"], ["Stateful/tanh"])
        self.assertEqual(self.node(form, "Stateful/mul")["attributes"]["other"], 1)

    def test_pictures_are_resized(self):
        form = "resized_scripted"
        self.assertEqual([(node["op"], node["output_shapes"]) for node in self.graphs[form]["nodes"]
                          if "::" in node["op"]],
                         [("aten::upsample_nearest2d", [[1, 2, 8, 8]]), ("aten::upsample_bilinear2d", [[1, 2, 12, 10]]),
                          ("aten::upsample_nearest2d", [[1, 2, 6, 5]])])

    def test_what_is_written_into_a_part_reaches_who_reads_the_whole(self):
        for form in ("sliced_scripted", "sliced_traced"):
            nodes = {node["name"]: node for node in self.graphs[form]["nodes"]}
            last = nodes["Sliced/tanh"]["inputs"]
            self.assertEqual(len(last), 1, form)
            # Back from the end: the second write, the first one, what both are written into.
            seen, pending = set(), list(last)
            while pending:
                name = pending.pop().partition(":")[0]
                if name not in seen:
                    seen.add(name)
                    pending += nodes[name]["inputs"]
            self.assertLessEqual({"aten::add_", "aten::copy_", "aten::relu", "aten::mul"},
                                 {nodes[name]["op"] for name in seen}, form)


if __name__ == "__main__":
    unittest.main()
