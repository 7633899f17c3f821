// The graphs of models that everybody knows, drawn by hand: every node with its scope, kind and
// shapes, and every edge.

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "drawing.h"
#include "graph_checks.h"
#include "resnet18.h"
#include "truth_models.h"

using namespace suar::testing;

namespace {

constexpr Truth kInferred = Truth::inferred;

template <typename Model>
void expect_drawn(Model&& model, const std::vector<torch::Tensor>& inputs, const Drawing& drawing) {
  const suar::Graph graph = suar::export_graph(model, inputs);
  expect_well_formed(graph);
  drawing.expect_same(graph);
}

/// A square picture: "[1,64,8,8]".
std::string picture(int64_t channels, int64_t size) {
  const std::string side = std::to_string(size);
  return "[1," + std::to_string(channels) + "," + side + "," + side + "]";
}

}  // namespace

TEST(GraphDrawing, OfLeNet) {
  Drawing draw;
  const std::string net = "LeNet";
  const auto convolution = [&](const std::string& scope, const std::string& x, int64_t in,
                               int64_t out, int64_t size) {
    const std::string weight = draw.parameter(
        scope, "weight", "[" + std::to_string(out) + "," + std::to_string(in) + ",5,5]");
    const std::string bias = draw.parameter(scope, "bias", "[" + std::to_string(out) + "]");
    return draw.op(scope, "_convolution", picture(out, size), {x, weight, bias});
  };
  std::string x = draw.input("[1,1,28,28]");
  x = convolution("LeNet/conv1", x, 1, 6, 24);
  x = draw.op(net, "relu", "[1,6,24,24]", {x});
  x = draw.op(net, "max_pool2d", "[1,6,12,12]", {x});
  x = convolution("LeNet/conv2", x, 6, 16, 8);
  x = draw.op(net, "relu", "[1,16,8,8]", {x});
  x = draw.op(net, "max_pool2d", "[1,16,4,4]", {x});
  x = draw.op(net, "flatten", "[1,256]", {x});
  x = draw.op(net, "relu", "[1,120]", {draw.linear("LeNet/fc1", x, 256, 120, "[1,120]")});
  x = draw.op(net, "relu", "[1,84]", {draw.linear("LeNet/fc2", x, 120, 84, "[1,84]")});
  x = draw.linear("LeNet/fc3", x, 84, 10, "[1,10]");
  draw.output("[1,10]", draw.op(net, "log_softmax", "[1,10]", {x}));
  expect_drawn(LeNetImpl<kInferred>(), {torch::zeros({1, 1, 28, 28})}, draw);
}

TEST(GraphDrawing, OfRepeatedActivationsInASequential) {
  Drawing draw;
  const std::string net = "RepeatedRelu";
  std::string x = draw.op(net, "relu", "[2,4]", {draw.input("[2,4]")});
  x = draw.linear("RepeatedRelu/layers/0", x, 4, 4, "[2,4]");
  x = draw.op("RepeatedRelu/layers/1", "relu", "[2,4]", {x});
  x = draw.op("RepeatedRelu/layers/2", "relu", "[2,4]", {x});
  x = draw.op("RepeatedRelu/layers/3", "tanh", "[2,4]", {x});
  x = draw.op("RepeatedRelu/layers/4", "tanh", "[2,4]", {x});
  x = draw.op("RepeatedRelu/layers/5", "relu", "[2,4]", {x});
  draw.output("[2,4]", draw.op(net, "relu", "[2,4]", {x}));
  expect_drawn(RepeatedReluImpl<kInferred>(), {torch::zeros({2, 4})}, draw);
}

TEST(GraphDrawing, OfResNet18) {
  Drawing draw;
  const auto convolution = [&](const std::string& scope, const std::string& x, int64_t in,
                               int64_t out, int64_t kernel, int64_t size) {
    const std::string side = std::to_string(kernel);
    const std::string weight = draw.parameter(
        scope, "weight",
        "[" + std::to_string(out) + "," + std::to_string(in) + "," + side + "," + side + "]");
    return draw.op(scope, "_convolution", picture(out, size), {x, weight});
  };
  const auto norm = [&](const std::string& scope, const std::string& x, int64_t channels,
                        int64_t size) {
    const std::string sizes = "[" + std::to_string(channels) + "]";
    const std::string weight = draw.parameter(scope, "weight", sizes);
    const std::string bias = draw.parameter(scope, "bias", sizes);
    const std::string mean = draw.buffer(scope, "running_mean", sizes);
    const std::string variance = draw.buffer(scope, "running_var", sizes);
    return draw.op(scope, "batch_norm", picture(channels, size), {x, weight, bias, mean, variance});
  };
  const auto block = [&](const std::string& scope, const std::string& x, int64_t in, int64_t out,
                         int64_t size) {
    std::string residual = x;
    if (in != out) {
      residual = convolution(scope + "/downsample/0", x, in, out, 1, size);
      residual = norm(scope + "/downsample/1", residual, out, size);
    }
    std::string y = convolution(scope + "/conv1", x, in, out, 3, size);
    y = draw.op(scope, "relu", picture(out, size), {norm(scope + "/bn1", y, out, size)});
    y = convolution(scope + "/conv2", y, out, out, 3, size);
    y = norm(scope + "/bn2", y, out, size);
    y = draw.op(scope, "add", picture(out, size), {y, residual});
    return draw.op(scope, "relu", picture(out, size), {y});
  };
  std::string x = convolution("ResNet18/conv1", draw.input("[1,3,32,32]"), 3, 64, 7, 16);
  x = draw.op("ResNet18", "relu", picture(64, 16), {norm("ResNet18/bn1", x, 64, 16)});
  x = draw.op("ResNet18", "max_pool2d", picture(64, 8), {x});
  x = block("ResNet18/layer1/0", x, 64, 64, 8);
  x = block("ResNet18/layer1/1", x, 64, 64, 8);
  x = block("ResNet18/layer2/0", x, 64, 128, 4);
  x = block("ResNet18/layer2/1", x, 128, 128, 4);
  x = block("ResNet18/layer3/0", x, 128, 256, 2);
  x = block("ResNet18/layer3/1", x, 256, 256, 2);
  x = block("ResNet18/layer4/0", x, 256, 512, 1);
  x = block("ResNet18/layer4/1", x, 512, 512, 1);
  x = draw.op("ResNet18", "adaptive_avg_pool2d", "[1,512,1,1]", {x});
  x = draw.op("ResNet18", "flatten", "[1,512]", {x});
  draw.output("[1,1000]", draw.linear("ResNet18/fc", x, 512, 1000, "[1,1000]"));
  expect_drawn(ResNet18Impl<kInferred>(), {torch::zeros({1, 3, 32, 32})}, draw);
}

TEST(GraphDrawing, OfAnLstm) {
  Drawing draw;
  const std::string net = "Tagger";
  const std::string lstm = "Tagger/lstm";
  const std::string tokens = draw.input("[7,2]");
  const std::string table = draw.parameter("Tagger/embedding", "weight", "[20,6]");
  Drawing::Edges inputs = {draw.op("Tagger/embedding", "embedding", "[7,2,6]", {table, tokens}),
                           draw.op(lstm, "zeros", "[4,2,5]", {}),
                           draw.op(lstm, "zeros", "[4,2,5]", {})};
  for (const std::string layer : {"_l0", "_l0_reverse", "_l1", "_l1_reverse"}) {
    // Four gates of five units; the second layer is fed by both directions of the first.
    const bool is_first = layer.find("_l0") == 0;
    inputs.push_back(draw.parameter(lstm, "weight_ih" + layer, is_first ? "[20,6]" : "[20,10]"));
    inputs.push_back(draw.parameter(lstm, "weight_hh" + layer, "[20,5]"));
    inputs.push_back(draw.parameter(lstm, "bias_ih" + layer, "[20]"));
    inputs.push_back(draw.parameter(lstm, "bias_hh" + layer, "[20]"));
  }
  std::string x = draw.op(lstm, "lstm", "[7,2,10][4,2,5][4,2,5]", inputs);
  x = draw.op(net, "tanh", "[7,2,10]", {x});
  x = draw.linear("Tagger/output", x, 10, 3, "[7,2,3]");
  draw.output("[7,2,3]", draw.op(net, "log_softmax", "[7,2,3]", {x}));
  expect_drawn(TaggerImpl<kInferred>(), {torch::zeros({7, 2}, torch::kLong)}, draw);
}

TEST(GraphDrawing, OfATransformerLayerAsPeopleWriteIt) {
  Drawing draw;
  std::string x = draw.input("[2,5,8]");
  for (const std::string layer : {"Encoder/layers/0", "Encoder/layers/1"}) {
    const std::string attention = layer + "/attention";
    const std::string heads = "[2,2,5,4]";
    const std::string normed = draw.layer_norm(layer + "/norm1", x, 8, "[2,5,8]");
    const auto projected = [&](const std::string& name) {
      std::string y = draw.linear(attention + "/" + name, normed, 8, 8, "[2,5,8]");
      y = draw.op(attention, "view", "[2,5,2,4]", {y});
      return draw.op(attention, "transpose", heads, {y});
    };
    const std::string query = projected("query");
    const std::string key = projected("key");
    const std::string value = projected("value");
    const std::string turned = draw.op(attention, "transpose", "[2,2,4,5]", {key});
    std::string scores = draw.op(attention, "matmul", "[2,2,5,5]", {query, turned});
    scores = draw.op(attention, "div", "[2,2,5,5]", {scores});
    scores = draw.op(attention, "softmax", "[2,2,5,5]", {scores});
    std::string mixed = draw.op(attention, "matmul", heads, {scores, value});
    mixed = draw.op(attention, "transpose", "[2,5,2,4]", {mixed});
    mixed = draw.op(attention, "reshape", "[2,5,8]", {mixed});
    mixed = draw.linear(attention + "/output", mixed, 8, 8, "[2,5,8]");
    x = draw.op(layer, "add", "[2,5,8]", {x, mixed});
    std::string y = draw.layer_norm(layer + "/norm2", x, 8, "[2,5,8]");
    y = draw.linear(layer + "/linear1", y, 8, 32, "[2,5,32]");
    y = draw.op(layer, "gelu", "[2,5,32]", {y});
    y = draw.linear(layer + "/linear2", y, 32, 8, "[2,5,8]");
    x = draw.op(layer, "add", "[2,5,8]", {x, y});
  }
  draw.output("[2,5,8]", x);
  expect_drawn(EncoderImpl<kInferred>(2, 8, 2), {torch::zeros({2, 5, 8})}, draw);
}

TEST(GraphDrawing, OfLibTorchsOwnTransformerEncoder) {
  Drawing draw;
  const std::string whole = "[3,1,8]";  // time, batch, features
  std::string x = draw.input(whole);
  for (const std::string layer : {"TransformerEncoder/layers/0", "TransformerEncoder/layers/1"}) {
    const std::string attention = layer + "/self_attn";
    const std::string in_weight = draw.parameter(attention, "in_proj_weight", "[24,8]");
    const std::string in_bias = draw.parameter(attention, "in_proj_bias", "[24]");
    const std::string all = draw.linear_with(attention, x, in_weight, in_bias, 8, 24, "[3,1,24]");
    const std::string parts = draw.op(attention, "chunk", whole + whole + whole, {all});
    std::string query = draw.op(attention, "mul", whole, {parts});
    query = draw.op(attention, "view", "[3,2,4]", {query});
    query = draw.op(attention, "transpose", "[2,3,4]", {query});
    const auto in_heads = [&](const std::string& part) {
      std::string y = draw.op(attention, "contiguous", whole, {part});
      y = draw.op(attention, "view", "[3,2,4]", {y});
      return draw.op(attention, "transpose", "[2,3,4]", {y});
    };
    const std::string key = in_heads(parts + ":1");
    const std::string value = in_heads(parts + ":2");
    const std::string turned = draw.op(attention, "transpose", "[2,4,3]", {key});
    std::string scores = draw.op(attention, "bmm", "[2,3,3]", {query, turned});
    scores = draw.op(attention, "softmax", "[2,3,3]", {scores});
    scores = draw.op(attention, "dropout", "[2,3,3]", {scores});
    std::string mixed = draw.op(attention, "bmm", "[2,3,4]", {scores, value});
    mixed = draw.op(attention, "transpose", "[3,2,4]", {mixed});
    mixed = draw.op(attention, "contiguous", "[3,2,4]", {mixed});
    mixed = draw.op(attention, "view", whole, {mixed});
    mixed = draw.linear(attention + "/out_proj", mixed, 8, 8, whole);
    mixed = draw.op(layer + "/dropout1", "dropout", whole, {mixed});
    x = draw.op(layer, "add", whole, {x, mixed});
    x = draw.layer_norm(layer + "/norm1", x, 8, whole);
    std::string y = draw.linear(layer + "/linear1", x, 8, 16, "[3,1,16]");
    y = draw.op(layer, "relu", "[3,1,16]", {y});
    y = draw.op(layer + "/dropout", "dropout", "[3,1,16]", {y});
    y = draw.linear(layer + "/linear2", y, 16, 8, whole);
    y = draw.op(layer + "/dropout2", "dropout", whole, {y});
    x = draw.op(layer, "add", whole, {x, y});
    x = draw.layer_norm(layer + "/norm2", x, 8, whole);
  }
  draw.output(whole, x);
  const torch::nn::TransformerEncoder encoder(torch::nn::TransformerEncoderOptions(
      torch::nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(16), 2));
  expect_drawn(encoder, {torch::rand({3, 1, 8})}, draw);
}

TEST(GraphDrawing, OfTiedEmbeddings) {
  Drawing draw;
  const std::string tokens = draw.input("[3]");
  const std::string table = draw.parameter("Tied/embedding", "weight", "[20,6]");
  std::string x = draw.op("Tied/embedding", "embedding", "[3,6]", {table, tokens});
  x = draw.op("Tied", "relu", "[3,6]", {x});
  const std::string turned = draw.op("Tied/decoder", "t", "[6,20]", {table});
  draw.output("[3,20]", draw.op("Tied/decoder", "matmul", "[3,20]", {x, turned}));
  expect_drawn(TiedImpl<kInferred>(), {torch::zeros({3}, torch::kLong)}, draw);
}

TEST(GraphDrawing, OfAModuleUsedTwiceWithTwoInputsAndTwoOutputs) {
  Drawing draw;
  const std::string shared = "Siamese/shared";
  const std::string step = "Siamese/step";
  std::string a = draw.input("[2,3]");
  std::string b = draw.input("[2,3]");
  const std::string weight = draw.parameter(shared, "weight", "[4,3]");
  const std::string bias = draw.parameter(shared, "bias", "[4]");
  a = draw.linear_with(shared, a, weight, bias, 3, 4, "[2,4]");
  a = draw.op("Siamese", "relu", "[2,4]", {a});
  b = draw.linear_with(shared, b, weight, bias, 3, 4, "[2,4]");
  b = draw.op("Siamese", "relu", "[2,4]", {b});
  const std::string step_weight = draw.parameter(step, "weight", "[4,4]");
  const std::string step_bias = draw.parameter(step, "bias", "[4]");
  for (int turn = 0; turn < 3; ++turn) {
    a = draw.linear_with(step, a, step_weight, step_bias, 4, 4, "[2,4]");
    a = draw.op("Siamese", "tanh", "[2,4]", {a});
  }
  draw.output("[2,4]", draw.op("Siamese", "add", "[2,4]", {a, b}));
  draw.output("[2,4]", draw.op("Siamese", "sub", "[2,4]", {a, b}));
  expect_drawn(SiameseImpl<kInferred>(), {torch::zeros({2, 3}), torch::ones({2, 3})}, draw);
}
