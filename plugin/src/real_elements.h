#pragma once

#include <torch/types.h>

namespace suar {

/// The elements of a tensor of any type and layout as float, double, half or bfloat16 on its
/// device, in any order:
/// of a complex one the magnitudes, of a sparse one also the zeros that it does not store. The
/// tensor's own memory, where it holds just that. Waits for no accelerator.
torch::Tensor real_elements(const torch::Tensor& tensor);

}  // namespace suar
