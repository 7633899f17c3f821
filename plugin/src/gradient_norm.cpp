#include "gradient_norm.h"

#include <cmath>

#include <ATen/ATen.h>

#include "real_elements.h"
#include "sum_of_squares.h"

namespace suar {
namespace {

torch::Tensor sum_of_squares(const torch::Tensor& elements) {
  return at::linalg_vector_norm(elements, 2, at::OptionalIntArrayRef(), /*keepdim=*/false,
                                widest_type(elements.device()))
      .square();
}

}  // namespace

void GradientNorm::see_gradients() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) gradients_[i].see(parameters_[i]);
}

std::optional<Number> GradientNorm::compute() {
  const at::NoGradGuard no_grad;
  double in_memory = 0;
  torch::Tensor elsewhere;
  bool any = false;  // of a parameter that is trained
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const torch::Tensor gradient = gradients_[i].look(parameters_[i]);
    if (!gradient.defined()) continue;
    any = any || parameters_[i].requires_grad();
    if (gradient.scalar_type() == at::kFloat && lies_in_memory(gradient)) {
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
  if (elsewhere.defined()) return (elsewhere + in_memory).sqrt();
  if (!any && in_memory == 0) return std::nullopt;
  return std::sqrt(in_memory);
}

}  // namespace suar
