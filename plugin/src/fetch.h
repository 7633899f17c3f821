#pragma once

#include <vector>

#include <torch/types.h>

namespace suar {

/// The values of tensors of one element each, in one transfer from each device. Waits for them.
std::vector<double> fetch(const std::vector<torch::Tensor>& numbers);

}  // namespace suar
