#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;
using Names = std::vector<std::string>;

namespace {

suar::Graph exported(const char* code) {
  const suar::Graph graph =
      suar::export_graph(script_module("__torch__.M", code), torch::ones({2, 3}));
  expect_well_formed(graph);
  return graph;
}

struct WritesAColumn : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    torch::Tensor y = x * 2;
    y.select(1, 0).copy_(torch::relu(x.select(1, 1)));
    return y + 1;
  }
};

}  // namespace

TEST(ValueVersions, WhatIsWrittenThroughAViewReachesWhoReadsTheWhole) {
  const suar::Graph script = exported(R"(
    def forward(self, x):
      y = x * 2
      torch.copy_(torch.select(y, 1, 0), torch.relu(torch.select(x, 1, 1)))
      return y + 1
  )");
  EXPECT_EQ(node_named(script, "M/select").inputs, Names{"M/mul"});
  EXPECT_EQ(node_named(script, "M/add").inputs, Names{"M/copy_"});

  WritesAColumn model;
  suar::GraphExportOptions options;
  options.root_name("M");
  const suar::Graph traced = suar::export_graph(model, torch::ones({2, 3}), options);
  expect_well_formed(traced);
  EXPECT_EQ(node_named(traced, "M/add").inputs, Names{"M/copy_"});
}

TEST(ValueVersions, AViewShowsWhichPartOfWhatWasWrittenIsRead) {
  const suar::Graph graph = exported(R"(
    def forward(self, x):
      y = x * 2
      column = torch.select(y, 1, 0)
      y.add_(1)
      return torch.relu(column) + torch.select(y, 1, 1)
  )");
  EXPECT_EQ(node_named(graph, "M/relu").inputs, (Names{"M/select", "M/add_"}));
  EXPECT_EQ(node_named(graph, "M/select_1").inputs, Names{"M/add_"});
  EXPECT_EQ(node_named(graph, "M/add").inputs, (Names{"M/relu", "M/select_1"}));
}

TEST(ValueVersions, ACopyIsNotChangedWithWhatItIsACopyOf) {
  const suar::Graph graph = exported(R"(
    def forward(self, x):
      y = x * 2
      copy = torch.transpose(y, 0, 1).contiguous()
      y.add_(1)
      return torch.relu(copy) + y.sum()
  )");
  EXPECT_EQ(node_named(graph, "M/relu").inputs, Names{"M/contiguous"});
  EXPECT_EQ(node_named(graph, "M/sum").inputs, Names{"M/add_"});
}

TEST(ValueVersions, AnOutputArgumentIsWhatIsWritten) {
  const suar::Graph graph = exported(R"(
    def forward(self, x):
      z = torch.zeros_like(x)
      a = torch.relu(x)
      torch.add(a, x, out=z)
      return torch.tanh(a) * z
  )");
  EXPECT_EQ(node_named(graph, "M/tanh").inputs, Names{"M/relu"});
  EXPECT_EQ(node_named(graph, "M/mul").inputs, (Names{"M/tanh", "M/add"}));
}

TEST(ValueVersions, ChangesOnTheSidesOfABranchMeetBehindIt) {
  const auto module = script_module("__torch__.M", R"(
    def forward(self, x, flag: bool):
      y = x * 3
      if flag:
        y.add_(1)
      else:
        y.mul_(2)
      return y + 1
  )");
  const suar::Graph graph = suar::export_graph(module);
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "M/if/then/add_").inputs, Names{"M/mul"});
  EXPECT_EQ(node_named(graph, "M/if/else/mul_").inputs, Names{"M/mul"});
  EXPECT_EQ(node_named(graph, "M/if/select").inputs,
            (Names{"input/flag", "M/if/then/add_", "M/if/else/mul_"}));
  EXPECT_EQ(node_named(graph, "M/add").inputs, Names{"M/if/select"});
}

TEST(ValueVersions, WhatALoopChangesIsReadBehindIt) {
  const suar::Graph graph = exported(R"(
    def forward(self, x):
      y = x * 3
      for i in range(4):
        y.add_(x)
      return y + 1
  )");
  EXPECT_EQ(node_named(graph, "M/loop/result").inputs, Names{"M/loop/add_"});
  EXPECT_EQ(node_named(graph, "M/loop/result").output_shapes.back(), (suar::GraphShape{2, 3}));
  EXPECT_EQ(node_named(graph, "M/add").inputs, Names{"M/loop/result"});
}

TEST(ValueVersions, AnAttributeIsWhatTheCodeHasSetItTo) {
  torch::jit::Module module("__torch__.M");
  module.register_attribute("h", c10::TensorType::get(), torch::zeros({3}));
  module.define(R"(
    def forward(self, x):
      old = self.h
      self.h = torch.tanh(x + old)
      return self.h * 2 - old
  )");
  const suar::Graph graph = suar::export_graph(module, torch::ones({2, 3}));
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "M/add").inputs, (Names{"input/x", "M/h"}));
  EXPECT_EQ(node_named(graph, "M/mul").inputs, Names{"M/tanh"});
  EXPECT_EQ(node_named(graph, "M/sub").inputs, (Names{"M/mul", "M/h"}));
  EXPECT_TRUE(scopes_of(graph, "prim::SetAttr").empty());
  EXPECT_EQ(module.attr("h").toTensor().sum().item<float>(), 0);
}

TEST(ValueVersions, AnAttributeThatIsSetOnOneSideIsEitherBehindTheBranch) {
  torch::jit::Module module("__torch__.M");
  module.register_attribute("h", c10::TensorType::get(), torch::zeros({3}));
  module.define(R"(
    def forward(self, x, flag: bool):
      if flag:
        self.h = torch.tanh(x)
      return self.h * 2
  )");
  const suar::Graph graph = suar::export_graph(module);
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "M/if/select").inputs,
            (Names{"input/flag", "M/if/then/tanh", "M/h"}));
  EXPECT_EQ(node_named(graph, "M/mul").inputs, Names{"M/if/select"});
}

TEST(ValueVersions, AnElementOfAListIsTheOutputItIs) {
  const suar::Graph graph = exported(R"(
    def forward(self, x):
      parts = torch.split(x, [1, 2], 1)
      packed = [parts[1], x]
      return torch.relu(packed[-1]) + torch.tanh(packed[0]).sum()
  )");
  const suar::GraphNode split = node_named(graph, "M/split");
  ASSERT_EQ(split.output_shapes.size(), 2u);
  EXPECT_EQ(split.output_shapes[1], (suar::GraphShape{2, 2}));
  EXPECT_EQ(node_named(graph, "M/tanh").inputs, Names{"M/split:1"});
  EXPECT_EQ(node_named(graph, "M/relu").inputs, Names{"input/x"});
  EXPECT_TRUE(scopes_of(graph, "aten::__getitem__").empty());
}

TEST(ValueVersions, AnElementOfATupleInATupleIsItAlone) {
  const suar::Graph graph = exported(R"(
    def forward(self, x):
      state = (x, (x * 2, x * 3))
      for i in range(4):
        a, (b, c) = state
        d, (e, f) = (torch.relu(a), (b, torch.tanh(c)))
        state = (torch.sin(d), (torch.cos(e), torch.exp(f)))
      return state[0]
  )");
  EXPECT_EQ(node_named(graph, "M/loop/tanh").inputs, Names{"M/mul_1"});
  EXPECT_EQ(node_named(graph, "M/loop/cos").inputs, Names{"M/mul"});
  EXPECT_EQ(node_named(graph, "M/loop/exp").inputs, Names{"M/loop/tanh"});
}
