// Loops that end early, flags, and attributes that TorchScript code sets.

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/script.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;
using Names = std::vector<std::string>;

namespace {

/// With a run and without one.
std::vector<suar::Graph> both_graphs(const torch::jit::Module& module) {
  std::vector<suar::Graph> graphs = {suar::export_graph(module, torch::ones({2, 4})),
                                     suar::export_graph(module)};
  for (const suar::Graph& graph : graphs) expect_well_formed(graph);
  return graphs;
}

/// What each node that takes the result of one side of a branch takes.
std::vector<Names> selected(const suar::Graph& graph) {
  std::vector<Names> inputs;
  for (const suar::GraphNode& node : graph.nodes) {
    if (node.op == "prim::If") inputs.push_back(node.inputs);
  }
  return inputs;
}

}  // namespace

TEST(ScriptControl, OfALoopThatBreaksIsItsTensorsOnly) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      for i in range(5):
        x = torch.relu(x)
        if i == 2:
          break
      return x
  )");
  for (const suar::Graph& graph : both_graphs(module)) {
    EXPECT_EQ(operations(graph), (Operations{{"M/loop", "aten::relu"}, {"M/loop", "prim::Loop"}}));
    const suar::GraphNode result = node_named(graph, "M/loop/result");
    EXPECT_EQ(result.inputs, Names{"M/loop/relu"});
    EXPECT_EQ(result.output_shapes.size(), 1u);
  }
}

TEST(ScriptControl, OfALoopThatContinuesChoosesOnce) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      for i in range(5):
        x = torch.relu(x)
        if bool(x.sum() > 9):
          break
        if i == 2:
          continue
        x = torch.tanh(x)
      return x
  )");
  const std::vector<suar::Graph> graphs = both_graphs(module);
  EXPECT_EQ(selected(graphs[0]), (std::vector<Names>{{"M/loop/relu", "M/loop/if/else/tanh"}}));
  EXPECT_EQ(selected(graphs[1]),
            (std::vector<Names>{{"M/loop/Bool", "M/loop/relu", "M/loop/if/else/if/else/tanh"}}));
}

TEST(ScriptControl, OfALoopThatReturnsChoosesWhatIsReturnedOnceBehindIt) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      for i in range(5):
        x = torch.relu(x)
        if bool(x.sum() > 99):
          return torch.exp(x)
        x = torch.tanh(x)
      return torch.sin(x)
  )");
  const std::vector<suar::Graph> graphs = both_graphs(module);
  EXPECT_EQ(selected(graphs[0]), std::vector<Names>());  // it never returned from the loop
  EXPECT_EQ(selected(graphs[1]),
            (std::vector<Names>{{"M/loop/Bool", "M/loop/result", "M/if/else/sin"}}));
  EXPECT_EQ(node_named(graphs[1], "M/if/else/sin").inputs, Names{"M/loop/result:1"});
}

TEST(ScriptControl, OfALoopThatAWhileEndsIsItsTensorsOnly) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      done = False
      i = 0
      while not done and i < 9:
        x = torch.relu(x)
        if i > 2:
          done = True
        i += 1
      return x
  )");
  for (const suar::Graph& graph : both_graphs(module)) {
    EXPECT_EQ(operations(graph), (Operations{{"M/loop", "aten::relu"}, {"M/loop", "prim::Loop"}}));
    EXPECT_EQ(node_named(graph, "M/loop/result").output_shapes.size(), 1u);
  }
}

TEST(ScriptControl, OfAReturnInALoopIsTheBranchThatReturns) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      for i in range(5):
        x = torch.relu(x)
        if i == 3:
          return x * 2
      return x
  )"),
                                               torch::ones({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"M/loop", "aten::relu"},
                                           {"M/loop/if/then", "aten::mul"},
                                           {"M/loop", "prim::Loop"}}));
  const suar::GraphNode result = node_named(graph, "M/loop/result");
  EXPECT_EQ(result.inputs, (Names{"M/loop/if/then/mul", "M/loop/relu"}));
  EXPECT_EQ(result.output_shapes.front(), suar::GraphShape({2, 4}));
  EXPECT_EQ(std::get<std::string>(result.attributes.at("dtype")), "float32");
  EXPECT_EQ(std::get<int64_t>(result.attributes.at("trip_count")), 4);
  EXPECT_EQ(node_named(graph, "output/y").inputs, Names{"M/loop/result"});
}

TEST(ScriptControl, DependsOnTheNumberThatTheCodeTookOfATensor) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      for i in range(5):
        x = torch.relu(x)
        if bool(torch.sum(x) < 3) and i > 1:
          return x * 2
      return x
  )"));
  expect_well_formed(graph);
  EXPECT_TRUE(scopes_of(graph, "aten::__and__").empty());
  EXPECT_EQ(node_named(graph, "M/loop/result").inputs,
            (Names{"M/loop/Bool", "M/loop/if/then/mul", "M/loop/relu"}));
  EXPECT_EQ(node_named(graph, "M/if/select").inputs,
            (Names{"M/loop/Bool", "M/loop/result", "M/loop/result:1"}));
}

TEST(ScriptControl, KeepsNumbersThatAreComputedWith) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x):
      turns = 0
      go_on = True
      while go_on:
        x = torch.relu(x)
        turns += 1
        go_on = bool(torch.sum(x) < 3)
      return x * turns, go_on
  )");
  const suar::Graph graph = suar::export_graph(module);
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "M/mul").inputs, (Names{"M/loop/result", "M/loop/result:1"}));
  EXPECT_EQ(node_named(graph, "output/y_1").inputs, Names{"M/loop/result:2"});
}

TEST(ScriptControl, HandsOnTheConditionBesideAConstant) {
  torch::jit::Module module("__torch__.M");
  module.register_attribute("strict", c10::BoolType::get(), true);
  module.register_attribute("loose", c10::BoolType::get(), false);
  module.define(R"(
    def forward(self, x):
      is_small = bool(torch.sum(x) < 3)
      return is_small & self.strict, self.loose | is_small
  )");
  for (const suar::Graph& graph : both_graphs(module)) {
    EXPECT_EQ(operations(graph),
              (Operations{{"M", "aten::sum"}, {"M", "aten::lt"}, {"M", "aten::Bool"}}));
    EXPECT_EQ(node_named(graph, "output/y").inputs, Names{"M/Bool"});
    EXPECT_EQ(node_named(graph, "output/y_1").inputs, Names{"M/Bool"});
  }
}

TEST(ScriptControl, ShowsWhatComputesAStateButNotThatItIsSet) {
  torch::jit::Module module("__torch__.M");
  module.register_attribute("state", c10::TensorType::get(), torch::zeros({2, 4}));
  module.register_attribute("seen", c10::IntType::get(), 0);
  module.define(R"(
    def forward(self, x):
      self.seen = self.seen + int(torch.sum(x))
      y = torch.relu(x) + self.state
      if y.dim() == 2:
        self.state = torch.tanh(y)
      return y
  )");
  const suar::Graph structure = suar::export_graph(module);
  expect_well_formed(structure);
  EXPECT_EQ(operations(structure), (Operations{{"M", "aten::sum"},
                                               {"M", "aten::Int"},
                                               {"M", "aten::add"},
                                               {"M", "aten::relu"},
                                               {"M", "aten::add"},
                                               {"M/if/then", "aten::tanh"}}));
  const suar::Graph graph = suar::export_graph(module, torch::ones({2, 4}));
  expect_well_formed(graph);
  EXPECT_TRUE(scopes_of(graph, "prim::SetAttr").empty());
  EXPECT_EQ(node_named(graph, "M/tanh").inputs, Names{"M/add_1"});
  EXPECT_EQ(node_named(graph, "output/y").inputs, Names{"M/add_1"});
}
