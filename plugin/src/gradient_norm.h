#pragma once

#include <vector>

#include <torch/types.h>

namespace suar {

/// L2 norm over the gradients of all `parameters`, as clipping takes it: one number on the device
/// of the first gradient, for which is not waited. Undefined when none has a gradient.
torch::Tensor compute_gradient_norm(const std::vector<torch::Tensor>& parameters);

}  // namespace suar
