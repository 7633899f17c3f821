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

namespace {

int64_t integer(const suar::GraphNode& node, const std::string& name) {
  return std::get<int64_t>(node.attributes.at(name));
}

std::string text(const suar::GraphNode& node, const std::string& name) {
  return std::get<std::string>(node.attributes.at(name));
}

/// Of an input [2, 4], a block runs in a loop in a branch in a loop, once for i = 0 and three times
/// for i = 2, and another layer twice on the other side of the branch.
torch::jit::Module nested() {
  torch::jit::Module block("__torch__.Block");
  block.register_module("linear", script_linear(4, 4));
  block.define(R"(
    def forward(self, x):
      return torch.relu(self.linear.forward(x))
  )");
  torch::jit::Module net("__torch__.Net");
  net.register_module("block", block);
  net.register_module("other", script_linear(4, 4));
  net.register_module("last", script_linear(4, 3));
  net.define(R"(
    def forward(self, x):
      for i in range(4):
        if i % 2 == 0:
          for j in range(i + 1):
            x = self.block.forward(x)
        else:
          x = torch.tanh(self.other.forward(x))
      return self.last.forward(x)
  )");
  return net;
}

void expect_cost(const suar::GraphCost& cost, int64_t macs, int64_t flops, int64_t bytes) {
  EXPECT_EQ(cost.macs, macs);
  EXPECT_EQ(cost.flops, flops);
  EXPECT_EQ(cost.activation_bytes, bytes);
  EXPECT_EQ(cost.unknown, 0);
}

}  // namespace

TEST(ScriptLoops, CountWhatModulesCostInThemForEveryTurn) {
  const suar::Graph graph = suar::export_graph(nested(), torch::ones({2, 4}));
  expect_well_formed(graph);
  const auto costs = suar::cost_by_scope(graph);
  // A linear layer: 2 * 4 * 4 multiply-adds, 2 * 4 biases, 2 * 4 floats. relu, tanh: 2 * 4.
  const int64_t linear = 2 * 32 + 8;
  {
    SCOPED_TRACE("block");
    expect_cost(costs.at("Net/block/linear"), 4 * 32, 4 * linear, 4 * 32);
    expect_cost(costs.at("Net/block"), 4 * 32, 4 * (linear + 8), 4 * (32 + 32));
    expect_cost(costs.at("Net/loop/if/then/loop"), 4 * 32, 4 * (linear + 8), 4 * (32 + 32));
  }
  {
    SCOPED_TRACE("other");
    expect_cost(costs.at("Net/other"), 2 * 32, 2 * linear, 2 * 32);
    expect_cost(costs.at("Net/loop/if/else"), 2 * 32, 2 * (linear + 8), 2 * (32 + 32));
  }
  const int64_t last = 2 * 24 + 6;
  for (const char* const whole : {"", "Net"}) {
    SCOPED_TRACE(whole);
    expect_cost(costs.at(whole), 6 * 32 + 24, 6 * (linear + 8) + last, 6 * (32 + 32) + 24);
    EXPECT_EQ(costs.at(whole).parameters, 20 + 20 + 15);
  }
}

TEST(ScriptLoops, TellOfAnOperationInThemWhichModuleRanIt) {
  const suar::Graph graph = suar::export_graph(nested(), torch::ones({2, 4}));
  const suar::GraphNode linear = node_named(graph, "Net/loop/if/then/loop/block/linear/linear");
  EXPECT_EQ(text(linear, "module"), "Net/block/linear");
  EXPECT_EQ(integer(linear, "executions"), 4);
  EXPECT_EQ(node_named(graph, "Net/loop/if/else/tanh").attributes.count("module"), 0u);
  EXPECT_EQ(node_named(graph, "Net/last/linear").attributes.count("module"), 0u);
  const auto written = suar::cost_by_scope(graph);
  const auto read = suar::cost_by_scope(suar::parse_graph_def(suar::serialize_graph_def(graph)));
  EXPECT_EQ(read.at("Net/block").flops, written.at("Net/block").flops);
  EXPECT_EQ(read.at("").flops, written.at("").flops);
}

TEST(ScriptLoops, StandInASummaryWithTheModulesThatRanInThem) {
  const std::string summary =
      suar::graph_summary(suar::export_graph(nested(), torch::ones({2, 4})));
  EXPECT_EQ(summary.substr(0, summary.find("\n\n")),
            "Module                Output shape  Parameters  MACs  FLOPs\n"
            "Net                   [2, 3]                55   216    534\n"
            "├─ block: Block       [2, 4]                20   128    320\n"
            "│  └─ linear: Linear  [2, 4]                20   128    288\n"
            "├─ other: Linear      [2, 4]                20    64    144\n"
            "└─ last: Linear       [2, 3]                15    24     54");
  EXPECT_NE(summary.find("Activations: 408 B\n"), std::string::npos) << summary;
}

TEST(ScriptLoops, SumUpWhatTurnsOfDifferentSizesCost) {
  torch::jit::Module net("__torch__.Growing");
  net.register_module("layer", script_linear(4, 4));
  net.define(R"(
    def forward(self, x):
      for i in range(3):
        x = torch.cat([x, self.layer.forward(x)], 0)
      return x
  )");
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 4}));
  expect_well_formed(graph);
  const int64_t rows = 2 + 4 + 8;
  const auto costs = suar::cost_by_scope(graph);
  expect_cost(costs.at("Growing/layer"), rows * 16, rows * (2 * 16 + 4), rows * 4 * 4);
  expect_cost(costs.at(""), rows * 16, rows * (2 * 16 + 4), (rows + 2 * rows) * 4 * 4);
  EXPECT_EQ(node_named(graph, "Growing/loop/layer/linear").output_shapes.front(),
            (suar::GraphShape{-1, 4}));
  EXPECT_EQ(graph.modules[1].output_shape, (suar::GraphShape{-1, 4}));
  EXPECT_EQ(node_named(graph, "Growing/loop/result").output_shapes.front(),
            (suar::GraphShape{16, 4}));
}

TEST(ScriptLoops, SumUpTheCostOfWhatGrowsInOneInputAndOfListsThatAreUnpacked) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      seen = x
      for i in range(3):
        seen = torch.cat([seen, x], 0)
        score = torch.matmul(x, torch.t(seen))
        first, second = torch.chunk(score, 2, 1)
        x = x + torch.sum(torch.relu(first)) * second[0][0]
      return x
  )"),
                                               torch::ones({1, 4}));
  const auto costs = suar::cost_by_scope(graph);
  EXPECT_EQ(costs.at("").unknown, 0);
  EXPECT_EQ(costs.at("").macs, 4 * (2 + 3 + 4));
  // The first half is rounded up: 1, 2 and 2 elements.
  EXPECT_EQ(integer(node_named(graph, "M/loop/relu"), "flops"), 5);
  EXPECT_EQ(integer(node_named(graph, "M/loop/relu"), "activation_bytes"), 4 * 5);
}

TEST(ScriptLoops, ReadFromAListThatOnlyTheyFill) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      seen: List[Tensor] = []
      for i in range(3):
        if len(seen) > 0:
          x = x + seen[-1]
        seen.append(torch.relu(x))
      return torch.stack(seen)
  )"),
                                               torch::ones({2, 4}));
  expect_well_formed(graph);
  const std::vector<std::string> lookup = {"M/loop/if/then/ListConstruct"};
  EXPECT_EQ(node_named(graph, "M/loop/if/then/__getitem__").inputs, lookup);
  EXPECT_EQ(node_named(graph, lookup.front()).op, "prim::ListConstruct");
  EXPECT_EQ(suar::cost_by_scope(graph).at("").unknown, 0);
}

TEST(ScriptLoops, BeginWithTheConstantThatTheyAreGiven) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      total = torch.tensor(0.5)
      for i in range(3):
        total = total + torch.sum(x)
      return total
  )");
  for (const suar::Graph& graph :
       {suar::export_graph(module, torch::ones({2, 4})), suar::export_graph(module)}) {
    expect_well_formed(graph);
    EXPECT_EQ(node_named(graph, "M/loop/add").inputs,
              (std::vector<std::string>{"M/loop/constant", "M/loop/sum"}));
    EXPECT_EQ(node_named(graph, "M/loop/constant").op, suar::graph_op::kConstant);
  }
}
