#pragma once

#include <torch/types.h>

namespace suar {

/// True when `output` are scores `[N, classes]` and `target` the classes `[N]` as integers: a
/// classification, whose accuracy means something.
bool is_classification(const torch::Tensor& output, const torch::Tensor& target);

/// Share of the rows of `output` whose greatest score is that of the target, in [0, 1]: one number
/// on their device, for which is not waited.
torch::Tensor compute_accuracy(const torch::Tensor& output, const torch::Tensor& target);

}  // namespace suar
