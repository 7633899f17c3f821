// The models that every export must get right: the graph of each as a user writes it is held
// against that of the same model with a guard in every forward(), and against a list by hand.

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "resnet18.h"
#include "truth_models.h"

using namespace suar::testing;

namespace {

constexpr Truth kInferred = Truth::inferred;
constexpr Truth kSaid = Truth::said;

/// Scope, kind and shapes of an operation, with the same of those that it takes from.
using Structure = std::multiset<std::tuple<std::string, std::string, std::string, std::string>>;

std::string shapes_of(const suar::GraphNode& node) {
  std::string text;
  for (const auto& shape : node.output_shapes) {
    text += "[";
    for (const int64_t size : *shape) text += std::to_string(size) + " ";
    text += "]";
  }
  return text;
}

Structure structure_of(const suar::Graph& graph) {
  std::map<std::string, const suar::GraphNode*> nodes;
  for (const suar::GraphNode& node : graph.nodes) nodes[node.name] = &node;
  Structure structure;
  for (const suar::GraphNode& node : graph.nodes) {
    std::string sources;
    for (const std::string& input : node.inputs) {
      const suar::GraphNode& source = *nodes.at(input.substr(0, input.find(':')));
      sources += scope_of(source) + " " + source.op + "; ";
    }
    structure.emplace(scope_of(node), node.op, shapes_of(node), sources);
  }
  return structure;
}

template <typename Inferred, typename Said>
suar::Graph expect_truth(Inferred& inferred, Said& said, const std::vector<torch::Tensor>& inputs) {
  const suar::Graph graph = suar::export_graph(inferred, inputs);
  expect_well_formed(graph);

  const Structure truth = structure_of(suar::export_graph(said, inputs));
  const Structure found = structure_of(graph);
  EXPECT_EQ(found.size(), truth.size());
  for (const auto& node : found) {
    if (truth.count(node) > 0) continue;
    ADD_FAILURE() << std::get<0>(node) << ": " << std::get<1>(node) << " of " << std::get<3>(node);
  }
  EXPECT_EQ(found, truth);
  return graph;
}

}  // namespace

TEST(GraphTruth, OfLeNet) {
  LeNetImpl<kInferred> inferred;
  LeNetImpl<kSaid> said;
  const suar::Graph graph = expect_truth(inferred, said, {torch::zeros({1, 1, 28, 28})});
  EXPECT_EQ(operations(graph), (Operations{{"LeNet/conv1", "aten::_convolution"},
                                           {"LeNet", "aten::relu"},
                                           {"LeNet", "aten::max_pool2d"},
                                           {"LeNet/conv2", "aten::_convolution"},
                                           {"LeNet", "aten::relu"},
                                           {"LeNet", "aten::max_pool2d"},
                                           {"LeNet", "aten::flatten"},
                                           {"LeNet/fc1", "aten::t"},
                                           {"LeNet/fc1", "aten::addmm"},
                                           {"LeNet", "aten::relu"},
                                           {"LeNet/fc2", "aten::t"},
                                           {"LeNet/fc2", "aten::addmm"},
                                           {"LeNet", "aten::relu"},
                                           {"LeNet/fc3", "aten::t"},
                                           {"LeNet/fc3", "aten::addmm"},
                                           {"LeNet", "aten::log_softmax"}}));
}

TEST(GraphTruth, OfRepeatedActivationsInASequential) {
  RepeatedReluImpl<kInferred> inferred;
  RepeatedReluImpl<kSaid> said;
  const suar::Graph graph = expect_truth(inferred, said, {torch::zeros({2, 4})});
  EXPECT_EQ(operations(graph), (Operations{{"RepeatedRelu", "aten::relu"},
                                           {"RepeatedRelu/layers/0", "aten::t"},
                                           {"RepeatedRelu/layers/0", "aten::addmm"},
                                           {"RepeatedRelu/layers/1", "aten::relu"},
                                           {"RepeatedRelu/layers/2", "aten::relu"},
                                           {"RepeatedRelu/layers/3", "aten::tanh"},
                                           {"RepeatedRelu/layers/4", "aten::tanh"},
                                           {"RepeatedRelu/layers/5", "aten::relu"},
                                           {"RepeatedRelu", "aten::relu"}}));
}

TEST(GraphTruth, OfResNet18) {
  ResNet18Impl<kInferred> inferred;
  ResNet18Impl<kSaid> said;
  const suar::Graph graph = expect_truth(inferred, said, {torch::zeros({1, 3, 32, 32})});
  EXPECT_EQ(operations(graph).size(), 70u);
  std::multiset<std::string> additions;
  for (int layer = 1; layer <= 4; ++layer) {
    for (int block = 0; block < 2; ++block) {
      additions.insert("ResNet18/layer" + std::to_string(layer) + "/" + std::to_string(block));
    }
  }
  const auto found = scopes_of(graph, "aten::add");
  EXPECT_EQ(std::multiset<std::string>(found.begin(), found.end()), additions);
  EXPECT_EQ(node_named(graph, "ResNet18/layer2/0/add").output_shapes.front(),
            (suar::GraphShape{1, 128, 4, 4}));
}

TEST(GraphTruth, OfAnLstm) {
  TaggerImpl<kInferred> inferred;
  TaggerImpl<kSaid> said;
  const suar::Graph graph = expect_truth(inferred, said, {torch::zeros({7, 2}, torch::kLong)});
  EXPECT_EQ(scopes_of(graph, "aten::lstm"), std::vector<std::string>{"Tagger/lstm"});
  EXPECT_EQ(node_named(graph, "Tagger/lstm/lstm").output_shapes.front(),
            (suar::GraphShape{7, 2, 10}));
  EXPECT_EQ(scopes_of(graph, "aten::tanh"), std::vector<std::string>{"Tagger"});
}

TEST(GraphTruth, OfATransformerEncoder) {
  EncoderImpl<kInferred> inferred(2, 8, 2);
  EncoderImpl<kSaid> said(2, 8, 2);
  const suar::Graph graph = expect_truth(inferred, said, {torch::zeros({2, 5, 8})});
  EXPECT_EQ(scopes_of(graph, "aten::softmax"),
            (std::vector<std::string>{"Encoder/layers/0/attention", "Encoder/layers/1/attention"}));
  EXPECT_EQ(scopes_of(graph, "aten::gelu"),
            (std::vector<std::string>{"Encoder/layers/0", "Encoder/layers/1"}));
}

TEST(GraphTruth, OfTiedEmbeddings) {
  TiedImpl<kInferred> inferred;
  TiedImpl<kSaid> said;
  const suar::Graph graph = expect_truth(inferred, said, {torch::zeros({3}, torch::kLong)});
  EXPECT_EQ(node_named(graph, "Tied/decoder/t").inputs,
            std::vector<std::string>{"Tied/embedding/weight"});
}

TEST(GraphTruth, OfAModuleUsedTwiceWithTwoInputs) {
  SiameseImpl<kInferred> inferred;
  SiameseImpl<kSaid> said;
  const suar::Graph graph =
      expect_truth(inferred, said, {torch::zeros({2, 3}), torch::ones({2, 3})});
  EXPECT_EQ(scopes_of(graph, "aten::relu"), (std::vector<std::string>{"Siamese", "Siamese"}));
  EXPECT_EQ(scopes_of(graph, "aten::tanh"),
            (std::vector<std::string>{"Siamese", "Siamese", "Siamese"}));
  EXPECT_EQ(node_named(graph, "Siamese/shared/addmm_1").inputs.at(1), "input/x_1");
}
