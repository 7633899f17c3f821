#include "gradient_norm.h"

#include <cmath>

#include <ATen/ATen.h>

#include "sum_of_squares.h"

namespace suar {
namespace {

/// The elements that count; of a complex gradient the magnitudes.
torch::Tensor elements_of(const torch::Tensor& gradient) {
  torch::Tensor elements = gradient.detach();
  if (elements.is_sparse()) elements = elements.coalesce().values();
  return elements.is_complex() ? elements.abs() : elements;
}

bool lies_in_memory_as_float(const torch::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided && tensor.scalar_type() == at::kFloat &&
         tensor.is_non_overlapping_and_dense();
}

torch::Tensor sum_of_squares(const torch::Tensor& elements) {
  const auto type = elements.is_cpu() ? at::kDouble : at::kFloat;
  return elements.to(type).square().sum();
}

}  // namespace

torch::Tensor compute_gradient_norm(const std::vector<torch::Tensor>& parameters) {
  const at::NoGradGuard no_grad;
  double in_memory = 0;
  torch::Tensor elsewhere;
  bool any = false;
  for (const torch::Tensor& parameter : parameters) {
    if (!parameter.grad().defined()) continue;
    any = true;
    const torch::Tensor elements = elements_of(parameter.grad());
    if (lies_in_memory_as_float(elements)) {
      in_memory +=
          sum_of_squares(elements.data_ptr<float>(), static_cast<std::size_t>(elements.numel()));
    } else {
      const torch::Tensor sum = sum_of_squares(elements);
      elsewhere =
          elsewhere.defined() ? elsewhere + sum.to(elsewhere.device(), /*non_blocking=*/true) : sum;
    }
  }
  if (!any) return {};
  if (elsewhere.defined()) return (elsewhere + in_memory).sqrt();
  return at::scalar_tensor(std::sqrt(in_memory), at::kDouble);
}

}  // namespace suar
