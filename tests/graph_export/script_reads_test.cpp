// Numbers that TorchScript code takes out of tensors.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/script.h>

#include <suar/graph_cost.h>
#include <suar/graph_export.h>
#include <suar/graph_summary.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;
using Names = std::vector<std::string>;

namespace {

suar::Graph exported(const torch::jit::Module& module, const torch::Tensor& input) {
  const suar::Graph graph = suar::export_graph(module, input);
  expect_well_formed(graph);
  return graph;
}

/// Leaves early where the first classifier is sure.
torch::jit::Module early_exit() {
  torch::jit::Module net("__torch__.Net");
  net.register_module("stem", script_linear(4, 3));
  net.register_module("exit", script_linear(3, 2));
  net.register_module("head", script_linear(3, 2));
  net.define(R"(
    def forward(self, x):
      y = self.stem.forward(x)
      if float(torch.max(torch.softmax(self.exit.forward(y), 1))) > 2.0:
        return torch.neg(y)
      return self.head.forward(y)
  )");
  return net;
}

}  // namespace

TEST(ScriptReads, KeepWhatDecidedWhichSideOfABranchRan) {
  const suar::Graph graph = exported(early_exit(), torch::ones({5, 4}));
  EXPECT_EQ(operations(graph), (Operations{{"Net/stem", "aten::linear"},
                                           {"Net/exit", "aten::linear"},
                                           {"Net", "aten::softmax"},
                                           {"Net", "aten::max"},
                                           {"Net", "aten::Float"},
                                           {"Net/head", "aten::linear"}}));
  EXPECT_EQ(node_named(graph, "Net/Float").inputs, Names{"Net/max"});
  const auto costs = suar::cost_by_scope(graph);
  EXPECT_EQ(costs.at("Net/exit").macs, 5 * 3 * 2);
  EXPECT_EQ(costs.at("").macs, 5 * (4 * 3 + 3 * 2 + 3 * 2));
  EXPECT_EQ(costs.at("").unknown, 0);
  const std::string summary = suar::graph_summary(graph);
  EXPECT_NE(summary.find("exit: Linear  [5, 2] "), std::string::npos) << summary;
  // Of float32: 5 rows of 3, 2, 2 and 2, and the greatest. The number takes nothing.
  EXPECT_EQ(costs.at("").activation_bytes, 4 * (5 * 9 + 1));
  EXPECT_NE(summary.find("Activations: 184 B"), std::string::npos) << summary;
}

TEST(ScriptReads, KeepWhatDecidesInALoopWhetherItGoesOn) {
  torch::jit::Module net("__torch__.Net");
  net.register_module("halt", script_linear(4, 1));
  net.register_module("body", script_linear(4, 4));
  net.define(R"(
    def forward(self, x):
      turns = 0
      while bool(torch.mean(torch.sigmoid(self.halt.forward(x))) < 2.0) and turns < 3:
        x = self.body.forward(x)
        turns += 1
      return x
  )");
  const suar::Graph graph = exported(net, torch::ones({2, 4}));
  const auto costs = suar::cost_by_scope(graph);
  EXPECT_EQ(costs.at("Net/body").macs, 3 * 2 * 4 * 4);
  EXPECT_EQ(costs.at("Net/halt").macs, 4 * 2 * 4);  // before the first turn and behind each
  const suar::GraphNode turns = node_named(graph, "Net/loop/result");
  EXPECT_EQ(std::get<int64_t>(turns.attributes.at("trip_count")), 3);
}

TEST(ScriptReads, AreLeftOutWhereOnlyACheckNeedsThem) {
  const suar::Graph graph = exported(script_module("__torch__.M", R"(
    def forward(self, x):
      assert bool(torch.all(torch.tanh(x) < 1)), "more: {}".format(float(torch.max(x)))
      if float(torch.min(x)) < -5:
        assert False, "less"
      unused = float(torch.sum(x))
      return torch.relu(x)
  )"),
                                     torch::ones({2}));
  EXPECT_EQ(operations(graph), (Operations{{"M", "aten::relu"}}));
}

TEST(ScriptReads, AreEdgesToWhatIsComputedWithThem) {
  const suar::Graph graph = exported(script_module("__torch__.M", R"(
    def forward(self, x):
      scale = float(torch.max(x)) + 1.0
      return x * scale + x.size(0)
  )"),
                                     torch::ones({2}));
  const suar::GraphNode product = node_named(graph, "M/mul");
  EXPECT_EQ(product.inputs, (Names{"input/x", "M/add"}));
  EXPECT_EQ(product.attributes.count("other"), 0u);
  EXPECT_EQ(node_named(graph, "M/add").inputs, Names{"M/Float"});
  EXPECT_EQ(std::get<int64_t>(node_named(graph, "M/add_1").attributes.at("other")), 2);
}

TEST(ScriptReads, AreFollowedThroughListsThatTheyArePutInto) {
  const suar::Graph graph = exported(script_module("__torch__.M", R"(
    def forward(self, x):
      sums: List[Tuple[Tensor, float]] = []
      for i in range(2):
        sums.append((x, float(torch.sum(x))))
      return sums[1][1]
  )"),
                                     torch::ones({2}));
  EXPECT_EQ(node_named(graph, "output/y").inputs, Names{"M/__getitem__:1"});
  EXPECT_EQ(node_named(graph, "M/loop/append").inputs, (Names{"input/x", "M/loop/Float"}));
}

TEST(ScriptReads, OfBuffersAreAttributesUnlessTheyChange) {
  torch::jit::Module net("__torch__.Net");
  net.register_buffer("scale", torch::full({1}, 0.5));
  net.register_buffer("steps", torch::zeros({1}));
  net.define(R"(
    def forward(self, x):
      self.steps.add_(1)
      return x * float(self.scale) + float(self.steps)
  )");
  const suar::Graph graph = exported(net, torch::ones({2}));
  const suar::GraphNode scaled = node_named(graph, "Net/mul");
  EXPECT_EQ(scaled.inputs, Names{"input/x"});
  EXPECT_EQ(std::get<double>(scaled.attributes.at("other")), 0.5);
  EXPECT_EQ(node_named(graph, "Net/add").inputs, (Names{"Net/mul", "Net/Float"}));
  EXPECT_EQ(node_named(graph, "Net/Float").inputs, Names{"Net/add_"});
}

TEST(ScriptReads, AreOutputs) {
  torch::jit::Module net("__torch__.Net");
  net.register_module("fc", script_linear(4, 1));
  net.define(R"(
    def forward(self, x):
      return torch.relu(x), float(torch.mean(self.fc.forward(x))), x.size(0), "text"
    def score(self, x) -> float:
      return float(torch.mean(self.fc.forward(x)))
  )");
  const Operations expected = {
      {"Net/fc", "aten::linear"}, {"Net", "aten::mean"}, {"Net", "aten::Float"}};
  for (const bool runs : {true, false}) {
    SCOPED_TRACE(runs);
    const suar::GraphExportOptions score = suar::GraphExportOptions().method("score");
    const torch::Tensor x = torch::ones({2, 4});
    const suar::Graph number =
        runs ? suar::export_graph(net, x, score) : suar::export_graph(net, score);
    expect_well_formed(number);
    EXPECT_EQ(operations(number), expected);
    EXPECT_EQ(node_named(number, "output/y").inputs, Names{"Net/Float"});
    const suar::Graph several = runs ? suar::export_graph(net, x) : suar::export_graph(net);
    expect_well_formed(several);
    EXPECT_EQ(node_named(several, "output/y").inputs, Names{"Net/relu"});
    EXPECT_EQ(node_named(several, "output/y_1").inputs, Names{"Net/Float"});
    EXPECT_EQ(node_named(several, "output/y_1").op, "Output");
    EXPECT_EQ(std::count_if(several.nodes.begin(), several.nodes.end(),
                            [](const auto& node) { return node.op == "Output"; }),
              2);
  }
}
