#pragma once

#include <optional>
#include <vector>

#include <torch/types.h>

#include "number_transfer.h"

namespace suar {

/// L2 norm over the gradients of all `parameters`, as clipping takes it; none where none has a
/// gradient. Waits for no accelerator.
std::optional<Number> compute_gradient_norm(const std::vector<torch::Tensor>& parameters);

}  // namespace suar
