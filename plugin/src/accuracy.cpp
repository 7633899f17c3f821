#include "accuracy.h"

#include <cmath>

#include <ATen/ATen.h>

namespace suar {
namespace {

bool lies_in_memory_as(at::ScalarType type, const torch::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided && tensor.scalar_type() == type &&
         tensor.is_contiguous();
}

}  // namespace

bool is_classification(const torch::Tensor& output, const torch::Tensor& target) {
  return output.defined() && target.defined() && output.dim() == 2 && output.size(1) > 1 &&
         target.dim() == 1 && target.size(0) == output.size(0) && target.size(0) > 0 &&
         at::isIntegralType(target.scalar_type(), /*includeBool=*/false);
}

bool lies_in_memory(const torch::Tensor& output, const torch::Tensor& target) {
  return lies_in_memory_as(at::kFloat, output) && lies_in_memory_as(at::kLong, target);
}

int64_t find_greatest(const float* scores, int64_t classes) {
  int64_t greatest = 0;
  for (int64_t i = 0; i < classes; ++i) {
    if (std::isnan(scores[i])) return i;
    if (scores[i] > scores[greatest]) greatest = i;
  }
  return greatest;
}

Number compute_accuracy(const torch::Tensor& output, const torch::Tensor& target) {
  const int64_t rows = output.size(0), classes = output.size(1);
  if (lies_in_memory(output, target)) {
    const float* scores = output.data_ptr<float>();
    const auto* actual = target.data_ptr<int64_t>();
    int64_t hits = 0;
    for (int64_t row = 0; row < rows; ++row) {
      hits += find_greatest(scores + row * classes, classes) == actual[row] ? 1 : 0;
    }
    return static_cast<double>(hits) / static_cast<double>(rows);
  }
  const at::NoGradGuard no_grad;
  return output.detach().argmax(1).eq(target).sum().to(at::kFloat) / static_cast<double>(rows);
}

}  // namespace suar
