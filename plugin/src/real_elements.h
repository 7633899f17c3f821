#pragma once

#include <torch/types.h>

namespace suar {

/// The elements of a tensor of any type and layout as float, double, half or bfloat16 on its
/// device, in any order: of a complex one the magnitudes. A sparse one is not filled up: of it
/// these are the elements that it stores, those of one place added up, and maybe some zeros; what
/// is missing from `tensor.numel()` is 0. At least one, if the tensor has any. The tensor's own
/// memory, where it holds just that. Waits for no accelerator.
torch::Tensor real_elements(const torch::Tensor& tensor);

/// True when a tensor's elements can be read in place, in any order: they lie without gaps in the
/// processor's memory, as they are. Asks without a call of LibTorch's dispatcher.
bool lies_in_memory(const torch::Tensor& tensor);

}  // namespace suar
