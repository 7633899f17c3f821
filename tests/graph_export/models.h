#pragma once

#include <tuple>

#include <torch/torch.h>

#include <suar/graph_scope.h>

namespace suar::testing {

/// The convolutional net of every tutorial: layers as members, the rest as functions.
struct Net : torch::nn::Module {
  Net()
      : conv1(register_module("conv1",
                              torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 4, 3).padding(1)))),
        conv2(register_module("conv2", torch::nn::Conv2d(4, 8, 3))),
        dropout(register_module("dropout", torch::nn::Dropout(0.25))),
        fc1(register_module("fc1", torch::nn::Linear(288, 16))),
        fc2(register_module("fc2", torch::nn::Linear(16, 10))) {}

  torch::Tensor forward(torch::Tensor x) {
    x = torch::max_pool2d(torch::relu(conv1->forward(x)), 2);
    x = torch::max_pool2d(torch::relu(conv2->forward(x)), 2);
    x = dropout->forward(x.flatten(1));
    x = torch::relu(fc1->forward(x));
    return torch::log_softmax(fc2->forward(x), 1);
  }

  torch::nn::Conv2d conv1, conv2;
  torch::nn::Dropout dropout;
  torch::nn::Linear fc1, fc2;
};

inline torch::Tensor net_input() {
  return torch::zeros({2, 1, 28, 28});
}

/// Two Sequentials, with equal children next to each other.
struct SequentialNetImpl : torch::nn::Module {
  SequentialNetImpl()
      : features(register_module(
            "features", torch::nn::Sequential(torch::nn::Conv2d(1, 4, 3), torch::nn::BatchNorm2d(4),
                                              torch::nn::ReLU(), torch::nn::ReLU(),
                                              torch::nn::MaxPool2d(2), torch::nn::Flatten()))),
        classifier(register_module(
            "classifier", torch::nn::Sequential(torch::nn::Dropout(0.5), torch::nn::Linear(36, 10),
                                                torch::nn::ReLU(), torch::nn::LogSoftmax(1)))) {}

  torch::Tensor forward(torch::Tensor x) { return classifier->forward(features->forward(x)); }

  torch::nn::Sequential features, classifier;
};
TORCH_MODULE(SequentialNet);

struct BasicBlockImpl : torch::nn::Module {
  BasicBlockImpl(int64_t in, int64_t out)
      : conv1(register_module("conv1",
                              torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).padding(1)))),
        bn1(register_module("bn1", torch::nn::BatchNorm2d(out))),
        conv2(register_module("conv2",
                              torch::nn::Conv2d(torch::nn::Conv2dOptions(out, out, 3).padding(1)))),
        bn2(register_module("bn2", torch::nn::BatchNorm2d(out))) {
    if (in != out) {
      downsample = register_module(
          "downsample",
          torch::nn::Sequential(torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 1).bias(false)),
                                torch::nn::BatchNorm2d(out)));
    }
  }

  torch::Tensor forward(torch::Tensor x) {
    torch::Tensor residual = downsample.is_empty() ? x : downsample->forward(x);
    x = torch::relu(bn1->forward(conv1->forward(x)));
    x = bn2->forward(conv2->forward(x));
    return torch::relu(x + residual);
  }

  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::Conv2d conv2;
  torch::nn::BatchNorm2d bn2;
  torch::nn::Sequential downsample = nullptr;
};
TORCH_MODULE(BasicBlock);

/// Blocks in a ModuleList, which are called in a loop, and blocks in a Sequential.
struct ResNet : torch::nn::Module {
  ResNet()
      : stem(register_module("stem", torch::nn::Conv2d(3, 4, 3))),
        layer1(
            register_module("layer1", torch::nn::ModuleList(BasicBlock(4, 4), BasicBlock(4, 4)))),
        layer2(
            register_module("layer2", torch::nn::Sequential(BasicBlock(4, 8), BasicBlock(8, 8)))),
        fc(register_module("fc", torch::nn::Linear(8, 5))) {}

  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(stem->forward(x));
    for (const auto& block : *layer1) x = block->as<BasicBlockImpl>()->forward(x);
    x = layer2->forward(x);
    return fc->forward(torch::adaptive_avg_pool2d(x, {1, 1}).flatten(1));
  }

  torch::nn::Conv2d stem;
  torch::nn::ModuleList layer1;
  torch::nn::Sequential layer2;
  torch::nn::Linear fc;
};

/// Without parameters, so that only the guard tells that it ran.
struct Swish : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    SUAR_SCOPE(*this);
    return x * torch::sigmoid(x);
  }
};

/// Two inputs, one module used for both, two outputs.
struct Twins : torch::nn::Module {
  Twins()
      : shared(register_module("shared", torch::nn::Linear(3, 4))),
        swish1(register_module("swish1", std::make_shared<Swish>())),
        swish2(register_module("swish2", std::make_shared<Swish>())) {}

  std::tuple<torch::Tensor, torch::Tensor> forward(torch::Tensor a, torch::Tensor b) {
    return {swish1->forward(shared->forward(a)), swish2->forward(shared->forward(b))};
  }

  torch::nn::Linear shared;
  std::shared_ptr<Swish> swish1, swish2;
};

}  // namespace suar::testing
