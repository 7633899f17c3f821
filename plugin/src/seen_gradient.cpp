#include "seen_gradient.h"

namespace suar {

torch::Tensor SeenGradient::look(const torch::Tensor& parameter) {
  const torch::Tensor& gradient = parameter.grad();
  if (!gradient.defined()) return {};
  // Those of inference mode count no changes; each backward pass makes another one there.
  const int64_t version = gradient.is_inference() ? 0 : gradient._version();
  const bool is_seen = !parameter.requires_grad() && seen_.version == version &&
                       seen_.tensor._unsafe_get_target() == gradient.unsafeGetTensorImpl();
  if (is_seen) return {};
  now_.tensor = gradient.getIntrusivePtr();
  now_.version = version;
  return gradient;
}

void SeenGradient::end_step() {
  seen_ = now_;
}

}  // namespace suar
