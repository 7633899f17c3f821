#include "seen_gradient.h"

namespace suar {
namespace {

/// Those of inference mode count no changes; each backward pass makes another one there.
int64_t version_of(const torch::Tensor& gradient) {
  return !gradient.defined() || gradient.is_inference() ? 0 : gradient._version();
}

}  // namespace

void SeenGradient::see(const torch::Tensor& parameter) {
  const torch::Tensor& gradient = parameter.grad();
  tensor_ = gradient.getIntrusivePtr();
  version_ = version_of(gradient);
}

torch::Tensor SeenGradient::look(const torch::Tensor& parameter) const {
  const torch::Tensor& gradient = parameter.grad();
  const bool is_left = !parameter.requires_grad() && version_ == version_of(gradient) &&
                       tensor_._unsafe_get_target() == gradient.unsafeGetTensorImpl();
  return is_left ? torch::Tensor() : gradient;
}

}  // namespace suar
