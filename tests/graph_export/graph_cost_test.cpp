#include <map>
#include <string>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/graph_cost.h>
#include <suar/graph_export.h>

#include "graph_checks.h"
#include "models.h"
#include "resnet18.h"

using namespace suar::testing;

namespace {

int64_t integer(const suar::GraphNode& node, const std::string& name) {
  const auto attribute = node.attributes.find(name);
  if (attribute == node.attributes.end()) return -1;
  return std::get<int64_t>(attribute->second);
}

/// A module that is a function.
struct Function : torch::nn::Module {
  explicit Function(std::function<torch::Tensor(torch::Tensor)> run) : run(std::move(run)) {}
  torch::Tensor forward(torch::Tensor x) { return run(std::move(x)); }
  std::function<torch::Tensor(torch::Tensor)> run;
};

/// The cost of what `run` does with the input.
suar::GraphCost cost_of_function(std::function<torch::Tensor(torch::Tensor)> run,
                                 const torch::Tensor& input) {
  Function function(std::move(run));
  return suar::cost_by_scope(suar::export_graph(function, input)).at("");
}

template <typename Module>
suar::GraphCost cost_of_module(Module module, const torch::Tensor& input) {
  return suar::cost_by_scope(suar::export_graph(module, input)).at("");
}

}  // namespace

TEST(GraphCost, OfResNet18IsThePublishedOne) {
  ResNet18Impl<Truth::inferred> net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({1, 3, 224, 224}));
  expect_well_formed(graph);
  const auto costs = suar::cost_by_scope(graph);
  const suar::GraphCost& whole = costs.at("");
  EXPECT_EQ(whole.parameters, 11689512);  // torchvision: 11.69 M
  EXPECT_EQ(whole.macs, 1814073344);      // torchvision: 1.814 G
  EXPECT_EQ(whole.unknown, 0);
  EXPECT_GT(whole.flops, 2 * whole.macs);
  EXPECT_LT(whole.flops, whole.macs * 21 / 10);
  EXPECT_EQ(costs.at("ResNet18").macs, whole.macs);
  EXPECT_EQ(costs.at("ResNet18/fc").parameters, 513000);
  EXPECT_EQ(costs.at("ResNet18/fc").macs, 512000);
  EXPECT_EQ(costs.at("ResNet18/layer1").parameters, 147968);
  EXPECT_EQ(costs.at("ResNet18/layer1/0/conv1").macs, 115605504);
}

TEST(GraphCost, OfConvolutionsCountsGroupsStridesAndBias) {
  namespace nn = torch::nn;
  const torch::Tensor input = torch::zeros({2, 4, 8, 8});
  const auto grouped =
      cost_of_module(nn::Conv2d(nn::Conv2dOptions(4, 6, 3).groups(2).stride(2).padding(1)), input);
  EXPECT_EQ(grouped.parameters, 6 * 2 * 9 + 6);
  EXPECT_EQ(grouped.macs, 2 * 6 * 4 * 4 * (2 * 9));
  EXPECT_EQ(grouped.flops, 2 * grouped.macs + 2 * 6 * 4 * 4);
  EXPECT_EQ(grouped.activation_bytes, 2 * 6 * 4 * 4 * 4);
  const auto transposed = cost_of_module(
      nn::ConvTranspose2d(nn::ConvTranspose2dOptions(4, 6, 3).stride(2).bias(false)), input);
  EXPECT_EQ(transposed.macs, 2 * 4 * 8 * 8 * (6 * 9));
  EXPECT_EQ(transposed.flops, 2 * transposed.macs);
}

TEST(GraphCost, OfProductsCountsTheDimensionThatIsSummedOver) {
  const torch::Tensor input = torch::zeros({5, 6, 7});
  const auto cost = [&](std::function<torch::Tensor(torch::Tensor)> run) {
    return cost_of_function(std::move(run), input);
  };
  EXPECT_EQ(cost([](torch::Tensor x) {
              return torch::matmul(x, torch::ones({7, 3}));
            }).macs,
            5 * 6 * 7 * 3);
  EXPECT_EQ(cost([](torch::Tensor x) {
              return torch::bmm(x, torch::ones({5, 7, 2}));
            }).macs,
            5 * 6 * 7 * 2);
  const auto sum = cost([](torch::Tensor x) {
    return torch::baddbmm(torch::ones({5, 6, 2}), x, torch::ones({5, 7, 2}));
  });
  EXPECT_EQ(sum.macs, 5 * 6 * 7 * 2);
  EXPECT_EQ(sum.flops, 2 * sum.macs + 5 * 6 * 2);
  EXPECT_EQ(cost([](torch::Tensor x) {
              return torch::einsum("bik,bjk->bij", {x, x});
            }).macs,
            5 * 6 * 6 * 7);
}

TEST(GraphCost, OfRecurrentLayersCountsEveryWeightForEveryToken) {
  namespace nn = torch::nn;
  const auto lstm = cost_of_module(
      nn::LSTM(nn::LSTMOptions(3, 4).num_layers(2).bidirectional(true)), torch::zeros({6, 2, 3}));
  const int64_t weights = 2 * (16 * 3 + 16 * 4) + 2 * (16 * 8 + 16 * 4);
  EXPECT_EQ(lstm.macs, 6 * 2 * weights);
  EXPECT_EQ(lstm.parameters, weights + 8 * 16);
  EXPECT_EQ(cost_of_module(nn::GRU(3, 4), torch::zeros({6, 2, 3})).macs, 12 * (12 * 3 + 12 * 4));
}

TEST(GraphCost, OfATransformerCountsProjectionsScoresAndFeedForward) {
  namespace nn = torch::nn;
  nn::TransformerEncoder encoder(nn::TransformerEncoderOptions(
      nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(32), 3));
  const auto cost = cost_of_module(encoder, torch::zeros({5, 2, 8}));  // time, batch, features
  const int64_t tokens = 5 * 2;
  EXPECT_EQ(cost.macs, 3 * (tokens * (4 * 8 * 8 + 2 * 8 * 32) + 2 * tokens * 5 * 8));
  EXPECT_EQ(cost.unknown, 0);
}

TEST(GraphCost, OfOtherOperationsFollowsTheirKind) {
  const torch::Tensor input = torch::zeros({2, 3, 8, 8});
  const auto flops = [&](std::function<torch::Tensor(torch::Tensor)> run) {
    return cost_of_function(std::move(run), input).flops;
  };
  const int64_t elements = input.numel();
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::relu(x); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return x.mul_(2); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::softmax(x, 1); }), 5 * elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::max_pool2d(x, 2); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::max_pool2d(x, {1, 2}); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return x.sum(); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return x.flatten(1).t().contiguous(); }), 0);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::upsample_nearest2d(x, {16, 16}); }), 0);
  EXPECT_EQ(flops([](torch::Tensor x) { return std::get<0>(torch::topk(x, 2)); }), 0);
  EXPECT_EQ(flops([](torch::Tensor) { return torch::randn({4}); }), 0);
  const torch::Tensor stacked = torch::zeros({5, 2, 2});
  const auto product = cost_of_function(
      [](torch::Tensor x) {
        return torch::addbmm(torch::zeros({2, 2}), x, x);
      },
      stacked);
  EXPECT_EQ(product.macs, 5 * 2 * 2 * 2);
  EXPECT_EQ(product.unknown, 0);
}

TEST(GraphCost, SaysWhichOperationsItDoesNotKnow) {
  const auto cost = cost_of_function(
      [](torch::Tensor x) { return std::get<0>(torch::linalg_qr(torch::relu(x))); },
      torch::ones({3, 3}));
  EXPECT_EQ(cost.operations, 2);
  EXPECT_EQ(cost.unknown, 1);
  EXPECT_EQ(cost.flops, 9);
}

TEST(GraphCost, CountsMemoryOnlyWhereItIsTaken) {
  Function net([](torch::Tensor x) {
    x = x.view({4, 6}).t();       // the same memory
    x = (x * 2).relu_();          // 24 floats for the product
    return x.to(torch::kDouble);  // 24 doubles
  });
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 12}));
  EXPECT_EQ(integer(node_named(graph, "Function/view"), "activation_bytes"), 0);
  EXPECT_EQ(integer(node_named(graph, "Function/mul"), "activation_bytes"), 96);
  EXPECT_EQ(integer(node_named(graph, "Function/relu_"), "activation_bytes"), 0);
  EXPECT_EQ(integer(node_named(graph, "Function/to"), "activation_bytes"), 192);
}

TEST(GraphCost, CountsMemoryOfCopiesThatLookLikeViews) {
  Function net([](torch::Tensor x) {
    x = x.reshape({4, 6});          // the same memory
    x = x.t().contiguous();         // a copy
    x = x.t().reshape({24});        // a copy
    return x.reshape({2, 12}) * 2;  // the same memory, and 24 floats
  });
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 12}));
  EXPECT_EQ(integer(node_named(graph, "Function/reshape"), "activation_bytes"), 0);
  EXPECT_EQ(integer(node_named(graph, "Function/contiguous"), "activation_bytes"), 96);
  EXPECT_EQ(integer(node_named(graph, "Function/reshape_1"), "activation_bytes"), 96);
  EXPECT_EQ(integer(node_named(graph, "Function/reshape_2"), "activation_bytes"), 0);
}

namespace {

/// Shares a weight, as far as it knows its own.
struct DecoderImpl : torch::nn::Module {
  explicit DecoderImpl(const torch::Tensor& shared)
      : weight(register_parameter("weight", shared)) {}
  torch::Tensor forward(torch::Tensor x) { return torch::matmul(x, weight.t()); }
  torch::Tensor weight;
};
TORCH_MODULE(Decoder);

struct Tied : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return decoder->forward(embedding->forward(x)); }
  torch::nn::Embedding embedding = register_module("embedding", torch::nn::Embedding(10, 4));
  Decoder decoder = register_module("decoder", Decoder(embedding->weight));
  torch::nn::Linear unused = register_module("unused", torch::nn::Linear(3, 2));
};

}  // namespace

TEST(GraphCost, CountsTiedParametersOnceAndUnusedOnesToo) {
  Tied net;
  const auto costs = suar::cost_by_scope(suar::export_graph(net, torch::zeros({3}, torch::kLong)));
  EXPECT_EQ(costs.at("Tied/unused").parameters, 8);
  EXPECT_EQ(costs.at("Tied/embedding").parameters, 40);
  EXPECT_EQ(costs.at("Tied/decoder").parameters, 0);
  EXPECT_EQ(costs.at("").macs, 3 * 4 * 10);
}

TEST(GraphCost, TellsTrainableParametersFromFrozenOnesAndTheMemoryOfAll) {
  torch::nn::Sequential net(torch::nn::Linear(3, 4), torch::nn::BatchNorm1d(4));
  net->to(torch::kDouble);
  for (const torch::Tensor& weight : net[0]->parameters()) weight.set_requires_grad(false);
  const auto cost =
      suar::cost_by_scope(suar::export_graph(net, torch::ones({2, 3}, torch::kDouble))).at("");
  EXPECT_EQ(cost.parameters, 12 + 4 + 8);
  EXPECT_EQ(cost.trainable_parameters, 8);
  EXPECT_EQ(cost.parameter_bytes, 8 * 24);
  EXPECT_EQ(cost.buffer_bytes, 8 * 8 + 8);  // mean, variance and the number of batches
  EXPECT_EQ(cost.input_bytes, 8 * 6);
}

TEST(GraphCost, IsTheSameOfAGraphThatWasReadBack) {
  Net net;
  const suar::Graph graph = suar::export_graph(net, net_input());
  const auto written = suar::cost_by_scope(graph);
  const auto read = suar::cost_by_scope(suar::parse_graph_def(suar::serialize_graph_def(graph)));
  for (const auto& [scope, cost] : read) {
    EXPECT_EQ(cost.parameters, written.at(scope).parameters) << scope;
    EXPECT_EQ(cost.trainable_parameters, written.at(scope).trainable_parameters) << scope;
    EXPECT_EQ(cost.parameter_bytes, written.at(scope).parameter_bytes) << scope;
    EXPECT_EQ(cost.input_bytes, written.at(scope).input_bytes) << scope;
    EXPECT_EQ(cost.macs, written.at(scope).macs) << scope;
    EXPECT_EQ(cost.flops, written.at(scope).flops) << scope;
    EXPECT_EQ(cost.activation_bytes, written.at(scope).activation_bytes) << scope;
  }
}

TEST(GraphCost, HoldsMeasuredTimesWhenAskedFor) {
  Net net;
  suar::GraphExportOptions options;
  options.timed_runs(3);
  const suar::Graph graph = suar::export_graph(net, net_input(), options);
  for (const suar::GraphNode& node : graph.nodes) {
    const suar::GraphCost cost = suar::cost_of(node);
    EXPECT_EQ(cost.microseconds > 0, cost.operations == 1) << node.name;
  }
  EXPECT_EQ(suar::cost_by_scope(suar::export_graph(net, net_input())).at("").microseconds, 0);
}
