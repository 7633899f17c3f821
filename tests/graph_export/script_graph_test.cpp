#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <torch/script.h>

#include <suar/error.h>
#include <suar/graph_cost.h>
#include <suar/graph_export.h>
#include <suar/graph_summary.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;

using Names = std::vector<std::string>;

namespace {

int64_t integer(const suar::GraphNode& node, const std::string& name) {
  const auto attribute = node.attributes.find(name);
  return attribute == node.attributes.end() ? -1 : std::get<int64_t>(attribute->second);
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const suar::Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no suar::Error";
  return {};
}

torch::jit::Module controlled() {
  return script_module("__torch__.Controlled", R"(
    def forward(self, x, turns: int, flip: bool):
      if flip:
        x = -x
      else:
        x = torch.relu(x)
      turn = 0
      while turn < turns:
        if turn % 2 == 0:
          x = torch.tanh(x)
        else:
          x = torch.sigmoid(x)
        turn += 1
      return x + 1
  )");
}

}  // namespace

TEST(ScriptGraph, PlacesOperationsUnderTheModulesWhoseMethodsTheyAre) {
  const suar::Graph graph = suar::export_graph(script_net(), torch::zeros({2, 6}));
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"Net/first", "aten::linear"},
                                           {"Net/block", "aten::mul"},
                                           {"Net/block/linear", "aten::linear"},
                                           {"Net/block", "aten::relu"},
                                           {"Net", "aten::sub"},
                                           {"Net", "aten::dropout"}}));
  EXPECT_EQ(node_named(graph, "Net/block/linear/linear").inputs,
            (Names{"Net/block/mul", "Net/block/linear/weight", "Net/block/linear/bias"}));
  EXPECT_EQ(node_named(graph, "Net/mean").op, "Buffer");
  EXPECT_EQ(node_named(graph, "output/y").inputs, Names{"Net/dropout"});
}

TEST(ScriptGraph, HasShapesTypesAndCostsOfARun) {
  const suar::Graph graph = suar::export_graph(script_net(), torch::zeros({2, 6}));
  EXPECT_EQ(node_named(graph, "input/x").output_shapes.front(), (suar::GraphShape{2, 6}));
  EXPECT_EQ(node_named(graph, "Net/block/relu").output_shapes.front(), (suar::GraphShape{2, 3}));
  EXPECT_EQ(std::get<std::string>(node_named(graph, "Net/block/relu").attributes.at("dtype")),
            "float32");
  EXPECT_EQ(node_named(graph, "Net/block/relu").device, "/device:CPU:0");
  const auto costs = suar::cost_by_scope(graph);
  EXPECT_EQ(costs.at("").parameters, 6 * 4 + 4 + 4 * 3 + 3);
  EXPECT_EQ(costs.at("Net/block").macs, 2 * 4 * 3);
  EXPECT_EQ(costs.at("").macs, 2 * 6 * 4 + 2 * 4 * 3);
  EXPECT_EQ(costs.at("").unknown, 0);
  ASSERT_EQ(graph.modules.size(), 4u);
  EXPECT_EQ(graph.modules[2].scope, "Net/block");
  EXPECT_EQ(graph.modules[2].class_name, "Block");
}

TEST(ScriptGraph, WithoutInputsIsTheStructure) {
  const suar::Graph graph = suar::export_graph(script_net());
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), operations(suar::export_graph(script_net(), torch::zeros({2, 6}))));
  EXPECT_FALSE(node_named(graph, "Net/block/relu").output_shapes.front().has_value());
  EXPECT_EQ(node_named(graph, "Net/first/weight").output_shapes.front(), (suar::GraphShape{4, 6}));
}

TEST(ScriptGraph, ShowsEvaluationAndLeavesTheModuleInTraining) {
  torch::jit::Module net = script_net();
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 6}));
  EXPECT_FALSE(std::get<bool>(node_named(graph, "Net/dropout").attributes.at("train")));
  EXPECT_TRUE(net.attr("training").toBool());
}

TEST(ScriptGraph, OfAnotherMethodThanForward) {
  suar::GraphExportOptions options;
  options.method("encode");
  const suar::Graph graph = suar::export_graph(script_net(), torch::zeros({2, 6}), options);
  EXPECT_EQ(operations(graph), (Operations{{"Net/first", "aten::linear"}}));
  options.method("decode");
  const std::string message = message_of([&] {
    suar::export_graph(script_net(), torch::zeros({2, 6}), options);
  });
  EXPECT_NE(message.find("\"decode\""), std::string::npos) << message;
  EXPECT_NE(message.find("encode, forward"), std::string::npos) << message;
}

TEST(ScriptGraph, ShowsTheSideOfABranchThatRanAndTheTurnsOfALoop) {
  const suar::Graph graph =
      suar::export_graph(controlled(), {torch::zeros({4}), c10::IValue(3), c10::IValue(false)});
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::relu"), Names{"Controlled"});
  EXPECT_TRUE(scopes_of(graph, "aten::neg").empty());
  EXPECT_EQ(scopes_of(graph, "aten::tanh"), Names{"Controlled/loop/if/then"});
  EXPECT_EQ(scopes_of(graph, "aten::sigmoid"), Names{"Controlled/loop/if/else"});
  EXPECT_EQ(integer(node_named(graph, "Controlled/loop/result"), "trip_count"), 3);
  const suar::GraphNode tanh = node_named(graph, "Controlled/loop/if/then/tanh");
  EXPECT_EQ(integer(tanh, "executions"), 2);
  EXPECT_EQ(integer(tanh, "flops"), 2 * 4);
  EXPECT_EQ(tanh.inputs, Names{"Controlled/relu"});
  EXPECT_EQ(node_named(graph, "Controlled/add").inputs, Names{"Controlled/loop/result"});
}

TEST(ScriptGraph, InlinesALoopThatHadNoTurn) {
  const suar::Graph graph =
      suar::export_graph(controlled(), {torch::zeros({4}), c10::IValue(0), c10::IValue(true)});
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph),
            (Operations{{"Controlled", "aten::neg"}, {"Controlled", "aten::add"}}));
}

TEST(ScriptGraph, WithoutInputsShowsBothSidesOfABranch) {
  const suar::Graph graph = suar::export_graph(controlled());
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::neg"), Names{"Controlled/if/then"});
  EXPECT_EQ(scopes_of(graph, "aten::relu"), Names{"Controlled/if/else"});
  EXPECT_EQ(node_named(graph, "Controlled/if/select").inputs,
            (Names{"input/flip", "Controlled/if/then/neg", "Controlled/if/else/relu"}));
}

TEST(ScriptGraph, FollowsListsTuplesDictionariesAndChangesInPlace) {
  const auto module = script_module("__torch__.Lists", R"(
    def forward(self, x):
      seen = [x + 1]
      y = x * 2
      y.add_(1)
      seen.append(y)
      a, b = torch.chunk(torch.cat(seen), 2)
      pair = (b, a)
      return {"first": pair[0], "second": torch.relu(pair[1])}
  )");
  const suar::Graph graph = suar::export_graph(module, torch::zeros({2, 2}));
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "Lists/cat").inputs, (Names{"Lists/add", "Lists/add_"}));
  EXPECT_EQ(node_named(graph, "output/first").inputs, Names{"Lists/chunk:1"});
  EXPECT_EQ(node_named(graph, "Lists/relu").inputs, Names{"Lists/chunk"});
  EXPECT_EQ(node_named(graph, "output/second").inputs, Names{"Lists/relu"});
}

TEST(ScriptGraph, LeavesBuffersAttributesInputsAndRandomStateAlone) {
  torch::jit::Module module("__torch__.Restless");
  module.register_buffer("calls", torch::zeros({1}));
  module.register_parameter("weight", torch::full({2}, 3.0f), /*is_buffer=*/false);
  module.register_attribute("count", c10::IntType::get(), 5);
  module.define(R"(
    def forward(self, x):
      self.calls.add_(1)
      torch.select(self.weight, 0, 1).zero_()
      self.count = self.count + 1
      x.add_(1)
      return x + torch.rand_like(x) + self.count
  )");
  torch::manual_seed(3);
  const torch::Tensor input = torch::zeros({2});
  const auto version = module.attr("weight").toTensor()._version();
  const torch::Tensor random_state = at::detail::getDefaultCPUGenerator().get_state();
  const suar::Graph graph = suar::export_graph(module, input);
  expect_well_formed(graph);
  EXPECT_EQ(module.attr("calls").toTensor().item<float>(), 0);
  EXPECT_EQ(module.attr("calls").toTensor()._version(), 0);
  EXPECT_TRUE(torch::equal(module.attr("weight").toTensor(), torch::full({2}, 3.0f)));
  EXPECT_EQ(module.attr("weight").toTensor()._version(), version);
  EXPECT_EQ(module.attr("count").toInt(), 5);
  EXPECT_TRUE(torch::equal(input, torch::zeros({2})));
  EXPECT_TRUE(torch::equal(at::detail::getDefaultCPUGenerator().get_state(), random_state));
  EXPECT_EQ(module.forward({input}).toTensor().sizes(), input.sizes());
}

TEST(ScriptGraph, MeasuresTimesWhenAskedFor) {
  suar::GraphExportOptions options;
  options.timed_runs(3);
  const suar::Graph graph = suar::export_graph(script_net(), torch::zeros({2, 6}), options);
  for (const suar::GraphNode& node : graph.nodes) {
    EXPECT_EQ(suar::cost_of(node).microseconds > 0, is_operation(node)) << node.name;
  }
}

TEST(ScriptGraph, SaysWhatIsWrongWithTheInputs) {
  const std::string missing =
      message_of([] { suar::export_graph(controlled(), torch::zeros({4})); });
  EXPECT_NE(missing.find("turns"), std::string::npos) << missing;
  const std::string size = message_of([] {
    suar::export_graph(script_net(), torch::zeros({2, 7}));
  });
  EXPECT_NE(size.find("Net"), std::string::npos) << size;
  EXPECT_EQ(size.find("Exception raised from"), std::string::npos) << size;
}

TEST(ScriptGraph, IsTheSameFromSeveralThreadsWhileTheModelRuns) {
  const torch::jit::Module net = script_net();
  const auto expected = operations(suar::export_graph(net, torch::zeros({2, 6})));
  std::vector<Operations> found(3);
  std::vector<std::thread> threads;
  for (Operations& result : found) {
    threads.emplace_back([&] {
      torch::jit::Module mine = net;
      for (int i = 0; i < 10; ++i) {
        mine.get_method("encode")({torch::zeros({2, 6})});
        result = operations(suar::export_graph(net, torch::zeros({2, 6})));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Operations& result : found) EXPECT_EQ(result, expected);
}

TEST(ScriptGraph, OfAFrozenModelCountsItsWeightsAsConstants) {
  torch::jit::Module net = script_net();
  net.eval();
  const suar::Graph graph = suar::export_graph(torch::jit::freeze(net), torch::zeros({2, 6}));
  const suar::GraphCost cost = suar::cost_by_scope(graph).at("");
  EXPECT_EQ(cost.parameters, 0);
  EXPECT_EQ(cost.constants, 46);  // 43 parameters and a buffer of 3
  EXPECT_NE(suar::graph_summary(graph).find("\nParameters:  0 (0 trainable, 0 frozen)\n"
                                            "Constants:   46\n"),
            std::string::npos);
}

TEST(ScriptGraph, LeavesOutWhatOnlyCounts) {
  torch::jit::Module module("__torch__.Counting");
  module.register_attribute("calls", c10::IntType::get(), 0);
  module.define(R"(
    def forward(self, x):
      self.calls = self.calls + 1
      sizes = [1]
      for i in range(2):
        sizes.append(i + 2)
      return torch.upsample_nearest2d(x, sizes[1:], None, None) * self.calls
  )");
  const suar::Graph graph = suar::export_graph(module, torch::ones({1, 1, 4, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph),
            (Operations{{"Counting", "aten::upsample_nearest2d"}, {"Counting", "aten::mul"}}));
  EXPECT_EQ(node_named(graph, "Counting/mul").output_shapes.front(),
            (suar::GraphShape{1, 1, 2, 3}));
  EXPECT_EQ(module.attr("calls").toInt(), 0);
}

TEST(ScriptGraph, ShowsTheTensorsOfAListThatIsAnAttribute) {
  torch::jit::Module module("__torch__.Listed");
  module.register_attribute("weights", c10::ListType::ofTensors(),
                            c10::List<torch::Tensor>({torch::ones({3, 4}), torch::ones({4, 5})}));
  module.define(R"(
    def forward(self, x):
      return torch.matmul(torch.matmul(x, self.weights[0]), self.weights[1])
  )");
  const suar::Graph graph = suar::export_graph(module, torch::ones({2, 3}));
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "Listed/matmul").inputs, (Names{"input/x", "Listed/weights"}));
  EXPECT_EQ(node_named(graph, "Listed/matmul_1").inputs,
            (Names{"Listed/matmul", "Listed/weights_1"}));
  EXPECT_EQ(node_named(graph, "Listed/weights_1").output_shapes.front(), (suar::GraphShape{4, 5}));
}

TEST(ScriptGraph, OfAModelThatIsTooLargeForLibTorchsPassesIsTheSame) {
  std::string code = "def forward(self, x):\n";
  for (int i = 0; i < 21'000; ++i) code += "  x = torch.neg(x)\n";
  const suar::Graph graph =
      suar::export_graph(script_module("__torch__.Long", code + "  return x\n"), torch::ones({2}));
  EXPECT_EQ(operations(graph).size(), 21'000u);
  EXPECT_EQ(node_named(graph, "Long/neg_20999").inputs, Names{"Long/neg_20998"});
}

TEST(ScriptGraph, HasOneEdgeForAnElementThatManyModulesHandOnInNestedTuples) {
  torch::jit::Module step("__torch__.Step");
  step.define(R"(
    def forward(self, state: Tuple[Tensor, Tuple[Tensor, Tensor]]):
      a, (b, c) = state
      return torch.neg(a), (b, c)
  )");
  torch::jit::Module net("__torch__.Net");
  std::string code = "def forward(self, x):\n  state = (x, (torch.sin(x), torch.cos(x)))\n";
  for (int i = 0; i < 20; ++i) {
    const std::string name = "step" + std::to_string(i);
    net.register_module(name, step);
    code += "  state = self." + name + ".forward(state)\n";
  }
  net.define(code + "  return state[0] + state[1][1]\n");
  for (const suar::Graph& graph :
       {suar::export_graph(net, torch::ones({2})), suar::export_graph(net)}) {
    expect_well_formed(graph);
    EXPECT_EQ(node_named(graph, "Net/add").inputs, (Names{"Net/step19/neg", "Net/cos"}));
    EXPECT_TRUE(scopes_of(graph, "aten::sin").empty());  // nobody takes it in the end
  }
}

TEST(ScriptGraph, LeavesOutWhatComputesAnElementOfATupleThatNobodyTakes) {
  torch::jit::Module pair("__torch__.Pair");
  pair.define(R"(
    def forward(self, x):
      return torch.relu(x), (torch.tanh(x), torch.sigmoid(x))
  )");
  torch::jit::Module net("__torch__.Net");
  net.register_module("pair", pair);
  net.define(R"(
    def forward(self, x):
      a, (b, c) = self.pair.forward(x)
      d, e = [torch.exp(b), torch.sin(b)]
      return torch.neg(d)
  )");
  const Operations expected = {
      {"Net/pair", "aten::tanh"}, {"Net", "aten::exp"}, {"Net", "aten::neg"}};
  EXPECT_EQ(operations(suar::export_graph(net, torch::ones({2}))), expected);
  EXPECT_EQ(operations(suar::export_graph(net)), expected);
}

TEST(ScriptGraph, OfListsThatArePutTogetherCountsNothing) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      parts = [x] + torch.chunk(x * 2, 2)
      d, e = [torch.relu(parts[0])] * 2
      parts.append(d)
      return parts, d, e
  )"),
                                               torch::ones({2, 4}));
  expect_well_formed(graph);
  for (const char* const name : {"M/add", "M/mul_1"}) {
    EXPECT_EQ(integer(node_named(graph, name), "flops"), 0) << name;
    EXPECT_EQ(integer(node_named(graph, name), "activation_bytes"), 0) << name;
  }
  EXPECT_EQ(suar::cost_by_scope(graph).at("").flops, 2 * 8);
  EXPECT_EQ(suar::cost_by_scope(graph).at("").activation_bytes, 2 * 8 * 4);
}

TEST(ScriptGraph, ShowsNoAttributeForAListThatIsFilled) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x):
      rows: List[Tensor] = []
      for i in range(3):
        rows.append(x * i)
      return torch.stack(rows)
  )"),
                                               torch::ones({2}));
  expect_well_formed(graph);
  const suar::GraphNode stack = node_named(graph, "M/stack");
  EXPECT_EQ(stack.inputs, Names{"M/loop/result"});
  EXPECT_EQ(stack.attributes.count("tensors"), 0u);
  EXPECT_EQ(integer(stack, "dim"), 0);
}

TEST(ScriptGraph, FollowsTheElementsOfAListThatIsFilledBeforeItIsRead) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", R"(
    def forward(self, x, y):
      query, key = [torch.transpose(t, 0, 1) for t in (x, y)]
      rows = [query]
      rows.append(key)
      first = torch.cat(rows)
      rows.append(first)
      return torch.relu(query), torch.tanh(key), torch.stack(rows[:2])
  )"),
                                               {torch::ones({2, 2}), torch::ones({2, 2})});
  expect_well_formed(graph);
  EXPECT_EQ(node_named(graph, "M/relu").inputs, Names{"M/transpose"});
  EXPECT_EQ(node_named(graph, "M/tanh").inputs, Names{"M/transpose_1"});
  EXPECT_EQ(node_named(graph, "M/cat").inputs, (Names{"M/transpose", "M/transpose_1"}));
  EXPECT_EQ(scopes_of(graph, "aten::append"), Names{"M"});  // of what was read before
  EXPECT_EQ(node_named(graph, "M/slice").inputs, Names{"M/append"});
}
