#pragma once

#include <torch/types.h>

#include <suar/event.h>

namespace suar {

/// The elements of a tensor of any shape, layout and device as they are recorded; `bfloat16` as
/// `float32`. Throws
/// `suar::Error` for one that is not defined or quantised.
TensorValue make_tensor_value(const torch::Tensor& tensor);

}  // namespace suar
