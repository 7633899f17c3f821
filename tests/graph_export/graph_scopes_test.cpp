#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "models.h"

using namespace suar::testing;

using Scopes = std::vector<std::string>;

TEST(GraphScopes, PlaceLayersUnderTheirNamesAndFunctionsUnderTheModelThatCallsThem) {
  Net net;
  const suar::Graph graph = suar::export_graph(net, net_input());
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"Net/conv1", "aten::_convolution"},
                                           {"Net", "aten::relu"},
                                           {"Net", "aten::max_pool2d"},
                                           {"Net/conv2", "aten::_convolution"},
                                           {"Net", "aten::relu"},
                                           {"Net", "aten::max_pool2d"},
                                           {"Net", "aten::flatten"},
                                           {"Net/dropout", "aten::dropout"},
                                           {"Net/fc1", "aten::t"},
                                           {"Net/fc1", "aten::addmm"},
                                           {"Net", "aten::relu"},
                                           {"Net/fc2", "aten::t"},
                                           {"Net/fc2", "aten::addmm"},
                                           {"Net", "aten::log_softmax"}}));
}

TEST(GraphScopes, TellApartEqualChildrenOfASequential) {
  SequentialNet net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 1, 8, 8}));
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"SequentialNet/features/0", "aten::_convolution"},
                                           {"SequentialNet/features/1", "aten::batch_norm"},
                                           {"SequentialNet/features/2", "aten::relu"},
                                           {"SequentialNet/features/3", "aten::relu"},
                                           {"SequentialNet/features/4", "aten::max_pool2d"},
                                           {"SequentialNet/features/5", "aten::flatten"},
                                           {"SequentialNet/classifier/0", "aten::dropout"},
                                           {"SequentialNet/classifier/1", "aten::t"},
                                           {"SequentialNet/classifier/1", "aten::addmm"},
                                           {"SequentialNet/classifier/2", "aten::relu"},
                                           {"SequentialNet/classifier/3", "aten::log_softmax"}}));
}

TEST(GraphScopes, TellApartBlocksThatAreCalledInALoop) {
  ResNet net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({1, 3, 8, 8}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::_convolution"),
            (Scopes{"ResNet/stem", "ResNet/layer1/0/conv1", "ResNet/layer1/0/conv2",
                    "ResNet/layer1/1/conv1", "ResNet/layer1/1/conv2",
                    "ResNet/layer2/0/downsample/0", "ResNet/layer2/0/conv1",
                    "ResNet/layer2/0/conv2", "ResNet/layer2/1/conv1", "ResNet/layer2/1/conv2"}));
  EXPECT_EQ(
      scopes_of(graph, "aten::relu"),
      (Scopes{"ResNet", "ResNet/layer1/0", "ResNet/layer1/0", "ResNet/layer1/1", "ResNet/layer1/1",
              "ResNet/layer2/0", "ResNet/layer2/0", "ResNet/layer2/1", "ResNet/layer2/1"}));
  EXPECT_EQ(scopes_of(graph, "aten::add"),
            (Scopes{"ResNet/layer1/0", "ResNet/layer1/1", "ResNet/layer2/0", "ResNet/layer2/1"}));
  EXPECT_EQ(scopes_of(graph, "aten::batch_norm"),
            (Scopes{"ResNet/layer1/0/bn1", "ResNet/layer1/0/bn2", "ResNet/layer1/1/bn1",
                    "ResNet/layer1/1/bn2", "ResNet/layer2/0/downsample/1", "ResNet/layer2/0/bn1",
                    "ResNet/layer2/0/bn2", "ResNet/layer2/1/bn1", "ResNet/layer2/1/bn2"}));
  EXPECT_EQ(scopes_of(graph, "aten::adaptive_avg_pool2d"), Scopes{"ResNet"});
}

namespace {

struct PreActivationBlockImpl : torch::nn::Module {
  PreActivationBlockImpl()
      : conv(register_module("conv", torch::nn::Conv2d(2, 2, 1))),
        norm(register_module("norm", torch::nn::BatchNorm2d(2))) {}
  torch::Tensor forward(torch::Tensor x) {
    return x + conv->forward(torch::relu(norm->forward(torch::tanh(x))));
  }
  torch::nn::Conv2d conv;
  torch::nn::BatchNorm2d norm;
};
TORCH_MODULE(PreActivationBlock);

struct PreActivationNet : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    for (const auto& block : *blocks) x = block->as<PreActivationBlockImpl>()->forward(x);
    return x;
  }
  torch::nn::ModuleList blocks =
      register_module("blocks", torch::nn::ModuleList(PreActivationBlock(), PreActivationBlock()));
};

}  // namespace

TEST(GraphScopes, PutTheStartOfATurnOfALoopIntoTheBlockThatItLeadsTo) {
  PreActivationNet net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({1, 2, 4, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::tanh"),
            (Scopes{"PreActivationNet/blocks/0", "PreActivationNet/blocks/1"}));
  EXPECT_EQ(scopes_of(graph, "aten::add"),
            (Scopes{"PreActivationNet/blocks/0", "PreActivationNet/blocks/1"}));
}

TEST(GraphScopes, KeepAModuleThatIsUsedTwiceInOneScope) {
  Twins net;
  const suar::Graph graph = suar::export_graph(net, {torch::zeros({2, 3}), torch::ones({5, 3})});
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::addmm"), (Scopes{"Twins/shared", "Twins/shared"}));
  EXPECT_EQ(node_named(graph, "Twins/shared/addmm").output_shapes.front(),
            (suar::GraphShape{2, 4}));
  EXPECT_EQ(node_named(graph, "Twins/shared/addmm_1").output_shapes.front(),
            (suar::GraphShape{5, 4}));
}

TEST(GraphScopes, FollowTheGuardInAModuleWithoutParameters) {
  Twins net;
  const suar::Graph graph = suar::export_graph(net, {torch::zeros({2, 3}), torch::ones({5, 3})});
  EXPECT_EQ(scopes_of(graph, "aten::sigmoid"), (Scopes{"Twins/swish1", "Twins/swish2"}));
  EXPECT_EQ(scopes_of(graph, "aten::mul"), (Scopes{"Twins/swish1", "Twins/swish2"}));
}

TEST(GraphScopes, NestScopesThatOnlyHaveAName) {
  Net net;
  const auto forward = [&](const std::vector<torch::Tensor>& inputs) {
    torch::Tensor x;
    {
      SUAR_SCOPE("stage: one");
      x = torch::relu(net.conv1->forward(inputs[0]));
    }
    return std::vector<torch::Tensor>{torch::tanh(x)};
  };
  const suar::Graph graph = suar::export_graph(net, forward, {net_input()});
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"Net/conv1", "aten::_convolution"},
                                           {"Net/stage__one", "aten::relu"},
                                           {"Net", "aten::tanh"}}));
}

TEST(GraphScopes, TakeTheRootNameThatIsAskedFor) {
  torch::nn::Linear linear(2, 3);
  const suar::Graph graph = suar::export_graph(linear, torch::zeros({1, 2}),
                                               suar::GraphExportOptions().root_name("my model"));
  EXPECT_EQ(scopes_of(graph, "aten::addmm"), Scopes{"my_model"});
}

TEST(GraphScopes, TellApartTheDropoutsOfLibTorchsDecoder) {
  struct Decoder : torch::nn::Module {
    torch::Tensor forward(torch::Tensor target, torch::Tensor memory) {
      return layer->forward(target, memory);
    }
    torch::nn::TransformerDecoderLayer layer =
        register_module("layer", torch::nn::TransformerDecoderLayer(8, 2));
  } net;
  const suar::Graph graph =
      suar::export_graph(net, {torch::rand({3, 1, 8}), torch::rand({4, 1, 8})});
  expect_well_formed(graph);
  const auto source_of = [&](const std::string& dropout) {
    return node_named(graph, "Decoder/layer/" + dropout + "/dropout").inputs.at(0);
  };
  EXPECT_EQ(source_of("dropout1"), "Decoder/layer/self_attn/out_proj/add_");
  EXPECT_EQ(source_of("dropout2"), "Decoder/layer/multihead_attn/out_proj/add_");
  EXPECT_EQ(source_of("dropout"), "Decoder/layer/relu");
  EXPECT_EQ(source_of("dropout3"), "Decoder/layer/linear2/add_");
}
