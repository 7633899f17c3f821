#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/script.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;

using Names = std::vector<std::string>;

TEST(ScriptStructure, LeavesOutChecksAndWhatOnlyTheyAskFor) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      if x.dim() != 2:
        if x.dim() == 1:
          assert False, "a row"
        else:
          assert False, "more"
      assert len(torch.tanh(x).size()) == 2, "a matrix was expected"
      if x.size(1) > 100:
        assert False, "{} columns".format(x.size(1))
      return torch.relu(x)
  )"));
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"M", "aten::relu"}}));
  EXPECT_EQ(node_named(graph, "output/y").inputs, Names{"M/relu"});
}

TEST(ScriptStructure, LeavesOutWhatComputesSizes) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x, heads: int):
      batch, length = x.size()
      width = length // 2
      y = torch.relu(x).view([batch * 2, width])
      return torch.reshape(y, [heads * 2, -1]) + torch.arange(width, device=x.device)
  )"));
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "M/view").inputs, Names{"M/relu"});
  EXPECT_EQ(node_named(graph, "M/reshape").inputs, (Names{"M/view", "M/mul"}));
  EXPECT_EQ(node_named(graph, "M/mul").inputs, Names{"input/heads"});
  EXPECT_TRUE(node_named(graph, "M/arange").inputs.empty());
  EXPECT_EQ(operations(graph).size(), 6u);
}

TEST(ScriptStructure, ShowsBothSidesOfABranchOnSizes) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      why = ""
      if x.dim() == 2:
        why = "{} dimensions".format(x.dim())
      if len(why) > 0:
        x = torch.neg(x)
      else:
        x = torch.relu(x)
      return x
  )"));
  expect_well_formed(graph);
  EXPECT_EQ(
      operations(graph),
      (Operations{{"M/if/then", "aten::neg"}, {"M/if/else", "aten::relu"}, {"M/if", "prim::If"}}));
  EXPECT_EQ(node_named(graph, "M/if/select").inputs, (Names{"M/if/then/neg", "M/if/else/relu"}));
}

TEST(ScriptStructure, ShowsOnWhichElementsABranchDepends) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      if bool(torch.sum(x) > 0):
        x = torch.neg(x)
      return x
  )"));
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "M/if/select").inputs, (Names{"M/Bool", "M/if/then/neg", "input/x"}));
  EXPECT_EQ(node_named(graph, "M/Bool").inputs, Names{"M/gt"});
}

TEST(ScriptStructure, FollowsTheElementsOfATupleThatABranchGives) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def both(self, x):
      if x.dim() == 2:
        return torch.neg(x), torch.relu(x)
      return x, torch.sigmoid(x)
    def forward(self, x):
      return torch.tanh(self.both(x)[1])
  )"));
  expect_well_formed(graph);
  EXPECT_TRUE(scopes_of(graph, "prim::TupleIndex").empty());
  EXPECT_EQ(node_named(graph, "M/tanh").inputs, Names{"M/both/if/select:1"});
}

TEST(ScriptStructure, TakesTheSideThatIsKnownToRun) {
  torch::jit::Module net("__torch__.Attention");
  net.register_parameter("bias", torch::ones({2}), /*is_buffer=*/false);
  net.define(R"(
    def project(self, query, key, bias: Optional[Tensor]):
      if query is key:
        y = torch.neg(query)
      else:
        y = query - key
      if bias is not None:
        y = y + bias
      return y
    def forward(self, x):
      return self.project(x, x, self.bias)
  )");
  EXPECT_EQ(operations(suar::export_graph(net)),
            (Operations{{"Attention/project", "aten::neg"}, {"Attention/project", "aten::add"}}));
}
