#pragma once

#include <cstdint>

#include <torch/types.h>

#include "number_transfer.h"

namespace suar {

/// The classes `[N, ...]`, as `int64`, that the targets of a batch are: integers or truth values
/// `[N, ...]` or `[N, 1, ...]`, where `output` are scores `[N, classes, ...]`. That is a
/// classification, of samples or of what they are made of (pixels), whose accuracy means something.
/// Undefined for anything else. Waits for no accelerator.
torch::Tensor class_targets(const torch::Tensor& output, const torch::Tensor& target);

/// True when a target is one of the classes. Others are not judged, neither right nor wrong: -100
/// is what the losses of LibTorch ignore.
constexpr bool is_judged(int64_t target, int64_t classes) {
  return target >= 0 && target < classes;
}

/// The same for each of some targets, as bool. Waits for no accelerator.
torch::Tensor are_judged(const torch::Tensor& targets, int64_t classes);

/// True when the tensors of a classification can be read in place: rows of floats and of `int64`,
/// without gaps, in the processor's memory.
bool are_rows_in_memory(const torch::Tensor& output, const torch::Tensor& target);

/// The first place of the greatest of `classes` scores, at least one; of the first NaN, if any.
int64_t find_greatest(const float* scores, int64_t classes);

/// How a model did in a classification.
struct Judgement {
  Number right;   ///< of how many the greatest score is that of the target
  Number judged;  ///< of how many the target is a class
};

/// Judges each target, of `class_targets`. Waits for no accelerator.
Judgement judge(const torch::Tensor& output, const torch::Tensor& target);

}  // namespace suar
