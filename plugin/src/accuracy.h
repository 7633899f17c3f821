#pragma once

#include <cstdint>

#include <torch/types.h>

#include "number_transfer.h"

namespace suar {

/// True when `output` are scores `[N, classes]` and `target` the classes `[N]` as integers: a
/// classification, whose accuracy means something.
bool is_classification(const torch::Tensor& output, const torch::Tensor& target);

/// True when the tensors of a classification can be read in place: rows of floats and of `int64`,
/// without gaps, in the processor's memory.
bool lies_in_memory(const torch::Tensor& output, const torch::Tensor& target);

/// The first place of the greatest of `classes` scores, at least one; of the first NaN, if any.
int64_t find_greatest(const float* scores, int64_t classes);

/// Share of the rows of `output` whose greatest score is that of the target, in [0, 1]. Waits for
/// no accelerator.
Number compute_accuracy(const torch::Tensor& output, const torch::Tensor& target);

}  // namespace suar
