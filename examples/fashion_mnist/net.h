#pragma once

#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "options.h"

/// A small convolutional network for pictures `[B, 1, 28, 28]`; gives scores `[B, 10]`.
///
/// With an illness, it is built so that it has it: nine sigmoid layers, through which no gradient
/// comes; layers whose weights are far too large; or a hidden layer whose units never fire.
struct NetImpl : torch::nn::Module {
  explicit NetImpl(Illness illness = Illness::none);

  torch::Tensor forward(torch::Tensor images);

  torch::nn::Sequential features{nullptr};
  torch::nn::Sequential classifier{nullptr};
};
TORCH_MODULE(Net);
