// What can be exported: functions of any number of tensors, beside a module or alone.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "models.h"

using namespace suar::testing;
using Names = std::vector<std::string>;
using torch::Tensor;

namespace {

template <typename Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const suar::Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no suar::Error";
  return {};
}

/// The names of what leads to the outputs, in order.
Names sources_of_outputs(const suar::Graph& graph) {
  expect_well_formed(graph);
  Names sources;
  for (const suar::GraphNode& node : graph.nodes) {
    if (node.op == "Output") sources.push_back(node.inputs.at(0));
  }
  return sources;
}

}  // namespace

TEST(GraphFunctions, RunTheModelInAnyWay) {
  Net net;
  const suar::Graph graph = suar::export_graph(
      net, [&](Tensor x) { return net.forward(x); }, net_input());
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), operations(suar::export_graph(net, net_input())));

  EXPECT_EQ(operations(suar::export_graph(
                net, [&](auto x) { return net.forward(x); }, net_input())),
            operations(graph));
  const suar::ForwardFunction kept = suar::forward_function(net);
  EXPECT_EQ(operations(suar::export_graph(net, kept, net_input())), operations(graph));

  torch::nn::Linear holder(3, 4);
  const auto twice = [&](const Tensor& x) { return holder(x) + holder(x); };
  EXPECT_EQ(scopes_of(suar::export_graph(holder, twice, torch::zeros({2, 3})), "aten::addmm"),
            (Names{"Linear", "Linear"}));
  EXPECT_EQ(scopes_of(suar::export_graph(holder.ptr(), twice, torch::zeros({2, 3})), "aten::add"),
            Names{"Linear"});
}

TEST(GraphFunctions, TakeAnyNumberOfTensorsOrAVectorOfThem) {
  torch::nn::Linear layer(2, 2);
  const Tensor x = torch::ones({1, 2});
  const auto inputs_of = [&](const suar::Graph& graph) {
    expect_well_formed(graph);
    std::size_t inputs = 0;
    for (const suar::GraphNode& node : graph.nodes) inputs += node.op == "Input" ? 1 : 0;
    return inputs;
  };
  EXPECT_EQ(inputs_of(suar::export_graph(layer,
                                         [&] {
                                           return layer(torch::ones({1, 2}));
                                         },
                                         {})),
            0u);
  EXPECT_EQ(
      inputs_of(suar::export_graph(layer,
                                   [&](Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f,
                                       Tensor g) { return layer(a + b + c + d + e + f + g); },
                                   {x, x, x, x, x, x, x})),
      7u);
  EXPECT_EQ(inputs_of(suar::export_graph(
                layer, [&](std::vector<Tensor> all) { return layer(all[0] + all[1]); }, {x, x})),
            2u);
  const std::string message = message_of([&] {
    suar::export_graph(layer, [&](Tensor a) { return layer(a); }, {x, x});
  });
  EXPECT_NE(message.find("does not take 2 tensors"), std::string::npos) << message;
}

TEST(GraphFunctions, ReturnTensorsInAnyShapeOfResult) {
  const Tensor x = torch::ones({2, 3});
  EXPECT_EQ(sources_of_outputs(suar::export_graph(
                [](Tensor x) {
                  const Tensor tanh = torch::tanh(x);
                  const Tensor relu = torch::relu(x);
                  return std::make_tuple(std::make_pair(tanh, relu), std::array<Tensor, 1>{x + 1},
                                         std::optional<Tensor>(), std::vector<Tensor>{x - 1});
                },
                x)),
            (Names{"Function/tanh", "Function/relu", "Function/add", "Function/sub"}));
}

namespace {

struct Starts : torch::nn::Module {
  Tensor forward() { return torch::tanh(state); }
  Tensor state = register_buffer("state", torch::ones({2}));
};

}  // namespace

TEST(GraphFunctions, MayBeAForwardWithoutArguments) {
  Starts net;
  EXPECT_EQ(node_named(suar::export_graph(net, {}), "Starts/tanh").inputs, Names{"Starts/state"});
}

TEST(GraphFunctions, AloneShowTheirTensorsAsConstantsAndTakeScopes) {
  const Tensor table = torch::ones({3, 4});
  const suar::Graph graph = suar::export_graph(
      [&](Tensor x, Tensor y) {
        SUAR_SCOPE("product");
        return torch::matmul(x + y, table);
      },
      {torch::ones({2, 3}), torch::ones({2, 3})});
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph),
            (Operations{{"Function/product", "aten::add"}, {"Function/product", "aten::matmul"}}));
  EXPECT_EQ(node_named(graph, "Function/product/constant").op, "Constant");
  suar::GraphExportOptions options;
  options.root_name("attention");
  EXPECT_EQ(
      scopes_of(suar::export_graph([](Tensor x) { return x + 1; }, table, options), "aten::add"),
      Names{"attention"});
}

TEST(GraphFunctions, AloneAskForTheModuleOfAParameter) {
  torch::nn::Linear layer(2, 2);
  const std::string message = message_of([&] {
    suar::export_graph([&](Tensor x) { return layer(x); }, torch::ones({1, 2}));
  });
  EXPECT_NE(message.find("export_graph(net, function, inputs)"), std::string::npos) << message;
}

TEST(GraphFunctions, MayReturnWhatNoOperationOfTheRunMade) {
  const Tensor before = torch::ones({3});
  const suar::Graph graph = suar::export_graph(
      [&](Tensor x) {
        return std::vector<Tensor>{x + 1, before};
      },
      torch::ones({3}));
  expect_well_formed(graph);
  ASSERT_EQ(sources_of_outputs(graph).size(), 2u);
  EXPECT_EQ(node_named(graph, sources_of_outputs(graph).at(1)).op, "Constant");
}

TEST(GraphOptions, ThatMakeNoSenseAreRefused) {
  torch::nn::Linear layer(2, 2);
  const std::string method = message_of([&] {
    suar::export_graph(layer, torch::ones({1, 2}), suar::GraphExportOptions().method("encode"));
  });
  EXPECT_NE(method.find("TorchScript module only"), std::string::npos) << method;
  torch::jit::Module script("__torch__.Script");
  script.define("def forward(self, x):\n  return x + 1\n");
  const std::string runs =
      message_of([&] { suar::export_graph(script, suar::GraphExportOptions().timed_runs(2)); });
  EXPECT_NE(runs.find("no inputs"), std::string::npos) << runs;
}
