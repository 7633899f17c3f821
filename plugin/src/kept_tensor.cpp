#include "kept_tensor.h"

#include <ATen/ATen.h>

namespace suar {
namespace {

/// Whether storage, sizes and strides are all that there is. A device may know more.
bool is_plain(const torch::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided && tensor.has_storage() &&
         !tensor.is_quantized() && !tensor.is_conj() && !tensor.is_neg() &&
         !tensor._is_zerotensor();
}

}  // namespace

bool owns_memory(const torch::Tensor& tensor) {
  return !tensor.has_storage() || tensor.storage().data() == nullptr ||
         tensor.storage().data_ptr().get_context() != nullptr;
}

torch::Tensor with_own_memory(const torch::Tensor& tensor) {
  if (!tensor.defined() || owns_memory(tensor)) return tensor;
  return tensor.detach().clone();
}

void KeptTensor::keep(const torch::Tensor& tensor) {
  if (!tensor.defined() || !is_plain(tensor)) {
    forget();
    if (tensor.defined()) other_ = tensor.detach();
    return;
  }
  type_ = tensor.scalar_type();
  storage_ = tensor.storage();
  offset_ = tensor.storage_offset();
  sizes_.assign(tensor.sizes().begin(), tensor.sizes().end());
  strides_.assign(tensor.strides().begin(), tensor.strides().end());
  other_.reset();
}

void KeptTensor::forget() {
  type_ = at::ScalarType::Undefined;
  storage_ = c10::Storage();
  other_.reset();
}

torch::Tensor KeptTensor::get() const {
  if (type_ == at::ScalarType::Undefined) return other_;
  const at::NoGradGuard no_grad;
  return at::empty({0}, type_).set_(storage_, offset_, sizes_, strides_);
}

}  // namespace suar
