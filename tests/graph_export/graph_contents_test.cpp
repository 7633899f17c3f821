#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/graph_cost.h>
#include <suar/graph_export.h>

#include "graph_checks.h"
#include "models.h"

using namespace suar::testing;

using Names = std::vector<std::string>;
using Integers = std::vector<int64_t>;

TEST(GraphContents, ConnectInputsParametersOperationsAndOutputs) {
  Net net;
  const suar::Graph graph = suar::export_graph(net, net_input());
  const suar::GraphNode convolution = node_named(graph, "Net/conv1/_convolution");
  EXPECT_EQ(convolution.inputs, (Names{"input/x", "Net/conv1/weight", "Net/conv1/bias"}));
  EXPECT_EQ(convolution.device, "/device:CPU:0");
  EXPECT_EQ(convolution.output_shapes.front(), (suar::GraphShape{2, 4, 28, 28}));
  EXPECT_EQ(node_named(graph, "Net/relu").inputs, Names{"Net/conv1/_convolution"});
  const suar::GraphNode output = node_named(graph, "output/y");
  EXPECT_EQ(output.op, "Output");
  EXPECT_EQ(output.inputs, Names{"Net/log_softmax"});
  EXPECT_EQ(output.output_shapes.front(), (suar::GraphShape{2, 10}));
}

TEST(GraphContents, ShowParametersWithTheirShapesAndBuffersApart) {
  SequentialNet net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 1, 8, 8}));
  const suar::GraphNode weight = node_named(graph, "SequentialNet/classifier/1/weight");
  EXPECT_EQ(weight.op, "Parameter");
  EXPECT_EQ(weight.output_shapes.front(), (suar::GraphShape{10, 36}));
  EXPECT_EQ(std::get<std::string>(weight.attributes.at("dtype")), "float32");
  EXPECT_TRUE(weight.inputs.empty());
  EXPECT_EQ(node_named(graph, "SequentialNet/features/1/running_mean").op, "Buffer");
}

TEST(GraphContents, FoldConstantArgumentsIntoTypedAttributes) {
  Net net;
  const suar::Graph graph = suar::export_graph(net, net_input());
  const auto& attributes = node_named(graph, "Net/conv1/_convolution").attributes;
  EXPECT_EQ(std::get<Integers>(attributes.at("stride")), (Integers{1, 1}));
  EXPECT_EQ(std::get<Integers>(attributes.at("padding")), (Integers{1, 1}));
  EXPECT_FALSE(std::get<bool>(attributes.at("transposed")));
  EXPECT_EQ(std::get<int64_t>(attributes.at("groups")), 1);
  EXPECT_DOUBLE_EQ(std::get<double>(node_named(graph, "Net/dropout/dropout").attributes.at("p")),
                   0.25);
}

namespace {

struct Arithmetic : torch::nn::Module {
  std::vector<torch::Tensor> forward(torch::Tensor x) {
    torch::relu(x * 7);  // leads nowhere
    torch::Tensor scaled = x * 2.5;
    scaled.add_(table);
    const auto halves = scaled.chunk(2, 1);
    scaled = torch::cat({halves[1], halves[0], scaled * scaled}, 1);
    return {scaled.to(torch::kDouble), halves[1]};
  }
  torch::Tensor table = torch::ones({4});  // registered nowhere, but without a gradient
};

}  // namespace

TEST(GraphContents, LeaveOutWhatLeadsNowhere) {
  Arithmetic net;
  const suar::Graph graph = suar::export_graph(net, torch::ones({3, 4}));
  expect_well_formed(graph);
  EXPECT_TRUE(scopes_of(graph, "aten::relu").empty());
  EXPECT_EQ(scopes_of(graph, "aten::mul").size(), 2u);
}

TEST(GraphContents, KeepScalarsAsAttributesAndUnregisteredTensorsAsConstants) {
  Arithmetic net;
  const suar::Graph graph = suar::export_graph(net, torch::ones({3, 4}));
  const suar::GraphNode scale = node_named(graph, "Arithmetic/mul");
  EXPECT_DOUBLE_EQ(std::get<double>(scale.attributes.at("other")), 2.5);
  EXPECT_EQ(scale.inputs, Names{"input/x"});
  const suar::GraphNode constant = node_named(graph, "Arithmetic/constant");
  EXPECT_EQ(constant.op, "Constant");
  EXPECT_EQ(constant.output_shapes.front(), suar::GraphShape{4});
}

TEST(GraphContents, FollowOperationsInPlaceListsAndSeveralOutputs) {
  Arithmetic net;
  const suar::Graph graph = suar::export_graph(net, torch::ones({3, 4}));
  EXPECT_EQ(node_named(graph, "Arithmetic/add_").inputs,
            (Names{"Arithmetic/mul", "Arithmetic/constant"}));
  const suar::GraphNode chunk = node_named(graph, "Arithmetic/chunk");
  EXPECT_EQ(chunk.inputs, Names{"Arithmetic/add_"});
  EXPECT_EQ(chunk.output_shapes.size(), 2u);
  EXPECT_EQ(chunk.output_shapes.back(), (suar::GraphShape{3, 2}));
  EXPECT_EQ(node_named(graph, "Arithmetic/cat").inputs,
            (Names{"Arithmetic/chunk:1", "Arithmetic/chunk", "Arithmetic/mul_1"}));
  EXPECT_EQ(node_named(graph, "Arithmetic/mul_1").inputs,
            (Names{"Arithmetic/add_", "Arithmetic/add_"}));
  EXPECT_EQ(std::get<std::string>(node_named(graph, "Arithmetic/to").attributes.at("dtype")),
            "float64");
  EXPECT_EQ(node_named(graph, "output/y_1").inputs, Names{"Arithmetic/chunk:1"});
}

namespace {

struct Misnamed : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return torch::relu(relu->forward(other->forward(x))); }
  torch::nn::Linear relu = register_module("relu", torch::nn::Linear(2, 2));
  torch::nn::Linear other = register_module("a:b^c/d", torch::nn::Linear(2, 2));
};

}  // namespace

TEST(GraphContents, NeverNameAnOperationLikeAScope) {
  Misnamed net;
  const suar::Graph graph = suar::export_graph(net, torch::ones({1, 2}));
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"Misnamed/a_b_c_d", "aten::t"},
                                           {"Misnamed/a_b_c_d", "aten::addmm"},
                                           {"Misnamed/relu", "aten::t"},
                                           {"Misnamed/relu", "aten::addmm"},
                                           {"Misnamed", "aten::relu"}}));
  node_named(graph, "Misnamed/relu_1");
}

namespace {

/// Does what it finds in its input.
struct Deciding : torch::nn::Module {
  Deciding() {
    gate = register_module("gate", torch::nn::Linear(3, 1));
    often = register_module("often", torch::nn::Linear(3, 3));
    seldom = register_module("seldom", torch::nn::Linear(3, 3));
  }
  torch::Tensor forward(torch::Tensor x) {
    torch::relu(x);  // leads nowhere
    if (gate(x).abs().sum().item<float>() < 0) x = seldom(x);
    for (int turn = 0; turn < 2 && torch::sigmoid(x).mean().item<double>() < 2; ++turn) {
      x = often(x);
    }
    if (torch::equal(torch::neg(x), x)) x = seldom(x);
    return torch::is_nonzero(x.max()) ? torch::tanh(x) : x;
  }
  torch::nn::Linear gate{nullptr}, often{nullptr}, seldom{nullptr};
};

}  // namespace

TEST(GraphContents, KeepWhatTheModelTookNumbersOfToDecideWhatItDoes) {
  Deciding model;
  const suar::Graph graph = suar::export_graph(model, torch::ones({2, 3}));
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"Deciding/gate", "aten::t"},
                                           {"Deciding/gate", "aten::addmm"},
                                           {"Deciding", "aten::abs"},
                                           {"Deciding", "aten::sum"},
                                           {"Deciding", "aten::sigmoid"},
                                           {"Deciding", "aten::mean"},
                                           {"Deciding/often", "aten::t"},
                                           {"Deciding/often", "aten::addmm"},
                                           {"Deciding", "aten::sigmoid"},
                                           {"Deciding", "aten::mean"},
                                           {"Deciding/often", "aten::t"},
                                           {"Deciding/often", "aten::addmm"},
                                           {"Deciding", "aten::neg"},
                                           {"Deciding", "aten::max"},
                                           {"Deciding", "aten::tanh"}}));
  EXPECT_EQ(node_named(graph, "Deciding/sum").inputs, Names{"Deciding/abs"});
  const auto costs = suar::cost_by_scope(graph);
  EXPECT_EQ(costs.at("Deciding/gate").macs, 2 * 3);
  EXPECT_EQ(costs.at("").macs, 2 * 3 + 2 * (2 * 3 * 3));
  EXPECT_EQ(costs.at("").unknown, 0);
}

TEST(GraphContents, AreTheSameEveryTime) {
  ResNet net;
  const torch::Tensor input = torch::zeros({1, 3, 8, 8});
  EXPECT_EQ(suar::serialize_graph_def(suar::export_graph(net, input)),
            suar::serialize_graph_def(suar::export_graph(net, input)));
}

TEST(GraphContents, TakeEveryWayToHoldAModel) {
  const torch::Tensor input = torch::zeros({1, 2});
  torch::nn::Linear holder(2, 3);
  const std::shared_ptr<torch::nn::LinearImpl> pointer = holder.ptr();
  torch::nn::Sequential sequential(holder);
  for (const suar::Graph& graph :
       {suar::export_graph(holder, input), suar::export_graph(pointer, input),
        suar::export_graph(*pointer, input), suar::export_graph(sequential, {input})}) {
    expect_well_formed(graph);
    EXPECT_EQ(operations(graph).size(), 2u);
  }
}

TEST(GraphContents, SayHowManyInputsDoNotFit) {
  torch::nn::Linear linear(2, 3);
  try {
    suar::export_graph(linear, {torch::zeros({1, 2}), torch::zeros({1, 2})});
    FAIL() << "no exception";
  } catch (const suar::Error& error) {
    EXPECT_NE(std::string(error.what()).find("does not take 2 tensors"), std::string::npos);
  }
}
