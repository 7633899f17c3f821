#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/script.h>

#include <suar/graph_export.h>
#include <suar/graph_summary.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;

using Names = std::vector<std::string>;

namespace {

suar::GraphModule module_named(const suar::Graph& graph, const std::string& scope) {
  for (const suar::GraphModule& module : graph.modules) {
    if (module.scope == scope) return module;
  }
  ADD_FAILURE() << "no module " << scope;
  return {};
}

Names inputs_of(const suar::Graph& graph) {
  Names names;
  for (const suar::GraphNode& node : graph.nodes) {
    if (node.op == suar::graph_op::kInput) names.push_back(node.name);
  }
  return names;
}

/// Takes tensors in containers of every kind.
torch::jit::Module taker() {
  return script_module("__torch__.Taker", R"(
    def forward(self, pair: Tuple[Tensor, Tuple[Tensor, int]], by_name: Dict[str, Tensor],
                some: List[Tensor], last: Tensor):
      a, (b, times) = pair
      y = (a + b) * times
      y = y * by_name["scale"]
      for t in some:
        y = y - t
      return torch.relu(some[1]) + y, last
  )");
}

c10::Dict<std::string, torch::Tensor> named_tensors() {
  c10::Dict<std::string, torch::Tensor> tensors;
  tensors.insert("unused", torch::ones({5}));
  tensors.insert("scale", torch::ones({1}, torch::kDouble));
  return tensors;
}

}  // namespace

TEST(ScriptValues, OfContainersThatAreInputsAreOneNodeATensor) {
  const std::vector<c10::IValue> inputs = {
      std::make_tuple(torch::ones({2, 3}), std::make_tuple(torch::ones({3}), int64_t{2})),
      named_tensors(), c10::List<torch::Tensor>({torch::ones({2, 1}), torch::ones({1, 3})}),
      torch::ones({7})};
  const suar::Graph graph = suar::export_graph(taker(), inputs);
  expect_well_formed(graph);
  EXPECT_EQ(inputs_of(graph),
            (Names{"input/pair.0", "input/pair.1.0", "input/by_name.unused", "input/by_name.scale",
                   "input/some.0", "input/some.1", "input/last"}));
  const suar::GraphNode scale = node_named(graph, "input/by_name.scale");
  EXPECT_EQ(scale.output_shapes.front(), suar::GraphShape{1});
  EXPECT_EQ(std::get<std::string>(scale.attributes.at("dtype")), "float64");
  EXPECT_EQ(std::get<int64_t>(scale.attributes.at("input_bytes")), 8);
  EXPECT_EQ(node_named(graph, "Taker/add").inputs, (Names{"input/pair.0", "input/pair.1.0"}));
  EXPECT_EQ(std::get<int64_t>(node_named(graph, "Taker/mul").attributes.at("other")), 2);
  EXPECT_EQ(node_named(graph, "Taker/mul_1").inputs, (Names{"Taker/mul", "input/by_name.scale"}));
  EXPECT_EQ(node_named(graph, "Taker/loop/__getitem__").inputs,
            (Names{"input/some.0", "input/some.1"}));
  EXPECT_EQ(node_named(graph, "Taker/relu").inputs, Names{"input/some.1"});
  EXPECT_EQ(node_named(graph, "output/y_1").inputs, Names{"input/last"});
}

TEST(ScriptValues, OfTuplesThatAreInputsAreOneNodeAnElementWithoutARunToo) {
  const suar::Graph graph = suar::export_graph(taker());
  expect_well_formed(graph);
  EXPECT_EQ(inputs_of(graph), (Names{"input/pair.0", "input/pair.1.0", "input/pair.1.1",
                                     "input/by_name.scale", "input/some", "input/last"}));
  EXPECT_EQ(node_named(graph, "Taker/mul").inputs, (Names{"Taker/add", "input/pair.1.1"}));
}

TEST(ScriptValues, ThatModulesReturnSayTheirOutputShapes) {
  torch::jit::Module attention("__torch__.Attention");
  attention.define(R"(
    def forward(self, x):
      y = torch.matmul(x, x)
      return y, torch.sum(y)
  )");
  torch::jit::Module same("__torch__.Same");
  same.define(R"(
    def forward(self, x):
      return x
  )");
  torch::jit::Module either("__torch__.Either");
  either.define(R"(
    def forward(self, x, pair: bool):
      if pair:
        return torch.neg(x), x
      return x, x
  )");
  torch::jit::Module net("__torch__.Net");
  net.register_module("attention", attention);
  net.register_module("same", same);
  net.register_module("either", either);
  net.register_module("idle", same);
  net.define(R"(
    def forward(self, x):
      y, weight = self.attention.forward(x)
      y = self.same.forward(y)
      a, b = self.either.forward(y[0], True)
      return a + b, weight * 2
  )");
  const suar::Graph graph = suar::export_graph(net, torch::ones({3, 3}));
  expect_well_formed(graph);
  EXPECT_EQ(module_named(graph, "Net/attention").output_shape, (suar::GraphShape{3, 3}));
  EXPECT_EQ(module_named(graph, "Net/same").output_shape, (suar::GraphShape{3, 3}));
  EXPECT_EQ(module_named(graph, "Net/either").output_shape, suar::GraphShape{3});
  EXPECT_FALSE(module_named(graph, "Net/idle").output_shape.has_value());
  EXPECT_EQ(node_named(graph, "Net/select").inputs, Names{"Net/attention/matmul"});
  const std::string summary = suar::graph_summary(graph);
  EXPECT_NE(summary.find("attention: Attention  [3, 3] "), std::string::npos) << summary;
  EXPECT_NE(summary.find("same: Same            [3, 3] "), std::string::npos) << summary;
}

TEST(ScriptValues, ThatAModuleReturnsAndNobodyTakesLeaveTheOthersAsItsOutputShape) {
  torch::jit::Module pair("__torch__.Pair");
  pair.define(R"(
    def forward(self, x):
      return torch.relu(x), torch.sum(x)
  )");
  torch::jit::Module net("__torch__.Net");
  net.register_module("pair", pair);
  net.define(R"(
    def forward(self, x):
      _, total = self.pair.forward(x)
      return total
  )");
  const suar::Graph graph = suar::export_graph(net, torch::ones({3}));
  EXPECT_EQ(operations(graph), (Operations{{"Net/pair", "aten::sum"}}));
  EXPECT_EQ(module_named(graph, "Net/pair").output_shape, suar::GraphShape{});
}

TEST(ScriptValues, ThatAModuleReturnsInADictionarySayItsOutputShape) {
  torch::jit::Module detector("__torch__.Detector");
  detector.define(R"(
    def forward(self, x):
      boxes = torch.relu(x)
      scores = torch.sum(boxes, 1)
      return {"boxes": {"all": boxes}, "scores": {"all": scores}}
  )");
  torch::jit::Module net("__torch__.Net");
  net.register_module("detector", detector);
  net.define(R"(
    def forward(self, x):
      found = self.detector.forward(x)
      return torch.neg(found["scores"]["all"]), found["boxes"]["all"]
  )");
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 3}));
  expect_well_formed(graph);
  EXPECT_EQ(module_named(graph, "Net/detector").output_shape, (suar::GraphShape{2, 3}));
}

TEST(ScriptValues, OfListsBranchesAndLoopsHaveTypesAndDevices) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      rows: List[Tensor] = []
      for i in range(3):
        if i == 1:
          x = torch.neg(x)
        rows.append(x * i)
      return torch.stack(rows) + x
  )"),
                                               torch::ones({2}, torch::kDouble));
  expect_well_formed(graph);
  for (const char* const name : {"M/loop/if/select", "M/loop/append", "M/loop/result"}) {
    const suar::GraphNode node = node_named(graph, name);
    EXPECT_EQ(node.device, "/device:CPU:0") << name;
    ASSERT_EQ(node.attributes.count("dtype"), 1u) << name;
    EXPECT_EQ(std::get<std::string>(node.attributes.at("dtype")), "float64") << name;
  }
  EXPECT_EQ(node_named(graph, "M/loop/result").output_shapes,
            (std::vector<std::optional<suar::GraphShape>>{suar::GraphShape{2}, std::nullopt}));
}

TEST(ScriptValues, ThatDependOnNoInputAreOutputsWhereTheyAreTensors) {
  torch::jit::Module net = script_module("__torch__.Net", R"(
    def forward(self, x):
      return x + 1, torch.zeros([3]), torch.tensor(x.size(0)), x.size(1), torch.neg(x)
  )");
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "output/y").inputs, Names{"Net/add"});
  EXPECT_EQ(node_named(graph, "output/y_1").output_shapes.front(), suar::GraphShape{3});
  const suar::GraphNode& number = node_named(graph, "output/y_2");
  EXPECT_EQ(number.output_shapes.front(), suar::GraphShape{});
  EXPECT_EQ(node_named(graph, number.inputs.at(0)).op, suar::graph_op::kConstant);
  EXPECT_EQ(node_named(graph, "output/y_3").inputs, Names{"Net/neg"});
  EXPECT_EQ(module_named(graph, "Net").output_shape, (suar::GraphShape{2, 4}));
}

TEST(ScriptValues, ThatAreNotThereTakeNoMemory) {
  torch::jit::Module net = script_module("__torch__.Net", R"(
    def forward(self, x):
      y, weights = torch._native_multi_head_attention(
          x, x, x, 4, 2, torch.ones([12, 4]), torch.ones([12]), torch.ones([4, 4]),
          torch.ones([4]), None, False)
      return y
  )");
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 3, 4}));
  const suar::GraphNode& attention = node_named(graph, "Net/_native_multi_head_attention");
  EXPECT_EQ(std::get<int64_t>(attention.attributes.at("activation_bytes")), 2 * 3 * 4 * 4);
}

TEST(ScriptValues, InDictionariesThatAreReturnedAreOutputsByTheirKeys) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      return {"a": {"b": torch.relu(x), "c": x}, "d": {"c": torch.neg(x), "b": x}}, {3: x * 2}
  )");
  for (const suar::Graph& graph :
       {suar::export_graph(module, torch::ones({2})), suar::export_graph(module)}) {
    expect_well_formed(graph);
    EXPECT_EQ(node_named(graph, "output/a.b").inputs, Names{"M/relu"});
    EXPECT_EQ(node_named(graph, "output/a.c").inputs, Names{"input/x"});
    EXPECT_EQ(node_named(graph, "output/d.c").inputs, Names{"M/neg"});
    EXPECT_EQ(node_named(graph, "output/d.b").inputs, Names{"input/x"});
    EXPECT_EQ(node_named(graph, "output/3").inputs, Names{"M/mul"});
    EXPECT_EQ(operations(graph).size(), 3u);  // nothing for the dictionaries
  }
}

TEST(ScriptValues, InDictionariesThatTheCodeUsesStandUnderTheirKeys) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x, key: str, number: int):
      by_name = {"left": torch.relu(x), "right": torch.neg(x)}
      by_number = {1: number, 5: 7}
      by_name[key] = x * by_number[x.size(0)]
      return torch.tanh(by_name["left"])
  )"));
  expect_well_formed(graph);
  const suar::GraphNode by_name = node_named(graph, "M/DictConstruct");
  EXPECT_EQ(by_name.inputs, (Names{"M/relu", "M/neg"}));
  EXPECT_EQ(std::get<Names>(by_name.attributes.at("keys")), (Names{"left", "right"}));
  EXPECT_EQ(by_name.attributes.count("argument_0"), 0u);
  const suar::GraphNode by_number = node_named(graph, "M/DictConstruct_1");
  EXPECT_EQ(by_number.inputs, Names{"input/number"});
  EXPECT_EQ(std::get<std::vector<int64_t>>(by_number.attributes.at("keys")),
            (std::vector<int64_t>{1, 5}));
  EXPECT_EQ(std::get<int64_t>(by_number.attributes.at("value.5")), 7);
}

TEST(ScriptValues, InListsThatArePutTogetherAreKnownOneByOne) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      query, key, value = [torch.relu(x)] + torch.chunk(x * 2, 2, 1)
      return torch.matmul(query, torch.t(x)), torch.tanh(key), torch.sin(value)
  )");
  for (const bool runs : {true, false}) {
    SCOPED_TRACE(runs);
    const suar::Graph graph =
        runs ? suar::export_graph(module, torch::ones({2, 4})) : suar::export_graph(module);
    expect_well_formed(graph);
    EXPECT_TRUE(scopes_of(graph, "aten::add").empty());
    EXPECT_EQ(node_named(graph, "M/matmul").inputs, (Names{"M/relu", "M/t"}));
    EXPECT_EQ(node_named(graph, "M/tanh").inputs, Names{"M/chunk"});
    EXPECT_EQ(node_named(graph, "M/sin").inputs, Names{"M/chunk:1"});
    if (!runs) continue;
    EXPECT_EQ(node_named(graph, "M/chunk").output_shapes,
              (std::vector<std::optional<suar::GraphShape>>{{{2, 2}}, {{2, 2}}}));
  }
}
