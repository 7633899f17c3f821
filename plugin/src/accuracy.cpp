#include "accuracy.h"

#include <cmath>

#include <ATen/ATen.h>

#include "real_elements.h"

namespace suar {

torch::Tensor class_targets(const torch::Tensor& output, const torch::Tensor& target) {
  if (!output.defined() || !target.defined() || !output.is_floating_point() || output.dim() < 2 ||
      output.size(1) < 2 || target.numel() == 0 ||
      !at::isIntegralType(target.scalar_type(), /*includeBool=*/true)) {
    return {};
  }
  const bool one_more = target.dim() == output.dim() && target.size(1) == 1;
  torch::Tensor classes = one_more ? target.squeeze(1) : target;
  if (classes.dim() != output.dim() - 1 || classes.size(0) != output.size(0) ||
      classes.sizes().slice(1) != output.sizes().slice(2)) {
    return {};
  }
  return classes.to(at::kLong);  // other types may be too small for the number of classes
}

torch::Tensor are_judged(const torch::Tensor& targets, int64_t classes) {
  return targets.ge(0).logical_and(targets.lt(classes));
}

bool are_rows_in_memory(const torch::Tensor& output, const torch::Tensor& target) {
  return output.dim() == 2 && output.scalar_type() == at::kFloat && lies_in_memory(output) &&
         output.is_contiguous() && target.scalar_type() == at::kLong && lies_in_memory(target) &&
         target.is_contiguous();
}

int64_t find_greatest(const float* scores, int64_t classes) {
  int64_t greatest = 0;
  for (int64_t i = 0; i < classes; ++i) {
    if (std::isnan(scores[i])) return i;
    if (scores[i] > scores[greatest]) greatest = i;
  }
  return greatest;
}

Judgement judge(const torch::Tensor& output, const torch::Tensor& target) {
  const int64_t rows = output.size(0), classes = output.size(1);
  if (are_rows_in_memory(output, target)) {
    const float* scores = output.data_ptr<float>();
    const auto* actual = target.data_ptr<int64_t>();
    int64_t right = 0, judged = 0;
    for (int64_t row = 0; row < rows; ++row) {
      if (!is_judged(actual[row], classes)) continue;
      ++judged;
      right += find_greatest(scores + row * classes, classes) == actual[row] ? 1 : 0;
    }
    return {static_cast<double>(right), static_cast<double>(judged)};
  }
  const at::NoGradGuard no_grad;
  // The greatest score is one of a class.
  return {output.detach().argmax(1).eq(target).sum(), are_judged(target, classes).sum()};
}

}  // namespace suar
