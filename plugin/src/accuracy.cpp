#include "accuracy.h"

#include <ATen/ATen.h>

namespace suar {

bool is_classification(const torch::Tensor& output, const torch::Tensor& target) {
  return output.defined() && target.defined() && output.dim() == 2 && output.size(1) > 1 &&
         target.dim() == 1 && target.size(0) == output.size(0) && target.size(0) > 0 &&
         at::isIntegralType(target.scalar_type(), /*includeBool=*/false);
}

torch::Tensor compute_accuracy(const torch::Tensor& output, const torch::Tensor& target) {
  const at::NoGradGuard no_grad;
  return output.detach().argmax(1).eq(target).sum().to(at::kFloat) /
         static_cast<double>(target.size(0));
}

}  // namespace suar
