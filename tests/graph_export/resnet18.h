#pragma once

#include <torch/torch.h>

#include "truth.h"

namespace suar::testing {

/// ResNet-18 of He et al., "Deep Residual Learning for Image Recognition", as torchvision has it.
/// The first two stages are lists of blocks that are called in a loop, the others Sequentials.
template <Truth truth>
struct ResidualBlockImpl : torch::nn::Module {
  ResidualBlockImpl(int64_t in, int64_t out, int64_t stride)
      : conv1(this->register_module(
            "conv1",
            torch::nn::Conv2d(
                torch::nn::Conv2dOptions(in, out, 3).stride(stride).padding(1).bias(false)))),
        bn1(this->register_module("bn1", torch::nn::BatchNorm2d(out))),
        conv2(this->register_module(
            "conv2",
            torch::nn::Conv2d(torch::nn::Conv2dOptions(out, out, 3).padding(1).bias(false)))),
        bn2(this->register_module("bn2", torch::nn::BatchNorm2d(out))) {
    if (in == out && stride == 1) return;
    downsample = this->register_module(
        "downsample",
        torch::nn::Sequential(
            torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 1).stride(stride).bias(false)),
            torch::nn::BatchNorm2d(out)));
  }

  torch::Tensor forward(torch::Tensor x) {
    const TruthScope<truth> scope(*this);
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

template <Truth truth>
struct ResNet18Impl : torch::nn::Module {
  using Block = ResidualBlockImpl<truth>;

  ResNet18Impl()
      : conv1(this->register_module(
            "conv1", torch::nn::Conv2d(
                         torch::nn::Conv2dOptions(3, 64, 7).stride(2).padding(3).bias(false)))),
        bn1(this->register_module("bn1", torch::nn::BatchNorm2d(64))),
        fc(nullptr) {
    layer1->push_back(std::make_shared<Block>(64, 64, 1));
    layer1->push_back(std::make_shared<Block>(64, 64, 1));
    layer2->push_back(std::make_shared<Block>(64, 128, 2));
    layer2->push_back(std::make_shared<Block>(128, 128, 1));
    layer3->push_back(std::make_shared<Block>(128, 256, 2));
    layer3->push_back(std::make_shared<Block>(256, 256, 1));
    layer4->push_back(std::make_shared<Block>(256, 512, 2));
    layer4->push_back(std::make_shared<Block>(512, 512, 1));
    this->register_module("layer1", layer1);
    this->register_module("layer2", layer2);
    this->register_module("layer3", layer3);
    this->register_module("layer4", layer4);
    fc = this->register_module("fc", torch::nn::Linear(512, 1000));
  }

  torch::Tensor forward(torch::Tensor x) {
    const TruthScope<truth> scope(*this);
    x = torch::max_pool2d(torch::relu(bn1->forward(conv1->forward(x))), 3, 2, 1);
    for (const auto& block : *layer1) x = block->template as<Block>()->forward(x);
    for (const auto& block : *layer2) x = block->template as<Block>()->forward(x);
    x = layer4->forward(layer3->forward(x));
    return fc->forward(torch::adaptive_avg_pool2d(x, {1, 1}).flatten(1));
  }

  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::ModuleList layer1, layer2;
  torch::nn::Sequential layer3, layer4;
  torch::nn::Linear fc;
};

}  // namespace suar::testing
