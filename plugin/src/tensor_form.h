#pragma once

#include <string>

#include <torch/types.h>

namespace suar {

/// "float [3, 224, 224]", for messages; also of a tensor that is not defined.
std::string describe(const torch::Tensor& tensor);

/// The elements as they are, dense and contiguous on the CPU, without gradient. Throws
/// `suar::Error` when `tensor`, which the message calls `what`, is not defined or quantised.
torch::Tensor to_plain(const torch::Tensor& tensor, const char* what);

/// The dimensions in another order: `from` and `to` name them, as in "HWC" and "CHW". A dimension
/// that `from` does not have gets the size 1. Throws `suar::Error` when `from` is not an order of
/// dimensions of `to`, or the tensor has another number of them.
torch::Tensor reorder(const torch::Tensor& tensor, const std::string& from, const std::string& to);

}  // namespace suar
