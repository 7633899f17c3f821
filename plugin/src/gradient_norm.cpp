#include "gradient_norm.h"

#include <cmath>

#include <ATen/ATen.h>

#include "real_elements.h"
#include "sum_of_squares.h"

namespace suar {
namespace {

bool lies_in_memory_as_float(const torch::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided && tensor.scalar_type() == at::kFloat &&
         tensor.is_non_overlapping_and_dense();
}

torch::Tensor sum_of_squares(const torch::Tensor& elements) {
  return elements.to(widest_type(elements.device())).square().sum();
}

}  // namespace

std::optional<Number> compute_gradient_norm(const std::vector<torch::Tensor>& parameters) {
  const at::NoGradGuard no_grad;
  double in_memory = 0;
  torch::Tensor elsewhere;
  bool any = false;
  for (const torch::Tensor& parameter : parameters) {
    const torch::Tensor& gradient = parameter.grad();
    if (!gradient.defined()) continue;
    any = true;
    if (lies_in_memory_as_float(gradient)) {
      in_memory +=
          sum_of_squares(gradient.data_ptr<float>(), static_cast<std::size_t>(gradient.numel()));
      continue;
    }
    const torch::Tensor sum = sum_of_squares(real_elements(gradient));
    if (sum.is_cpu()) {
      in_memory += *sum.data_ptr<double>();
    } else {
      elsewhere =
          elsewhere.defined() ? elsewhere + sum.to(elsewhere.device(), /*non_blocking=*/true) : sum;
    }
  }
  if (!any) return std::nullopt;
  if (elsewhere.defined()) return (elsewhere + in_memory).sqrt();
  return std::sqrt(in_memory);
}

}  // namespace suar
