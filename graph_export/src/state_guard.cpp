#include "state_guard.h"

#include <mutex>
#include <set>

#include <ATen/Context.h>
#include <torch/utils.h>

namespace suar::graph_export {
namespace {

/// Equal for tensors that lie in the same memory.
const void* memory_of(const torch::Tensor& tensor) {
  if (tensor.has_storage()) return tensor.storage().unsafeGetStorageImpl();
  return tensor.unsafeGetTensorImpl();
}

}  // namespace

StateGuard::StateGuard(const std::vector<torch::Tensor>& tensors) {
  for (const torch::Tensor& tensor : tensors) {
    // Inference tensors have no version and cannot be changed in place here.
    if (tensor.is_inference()) continue;
    save_tensor(tensor);
    if (!tensor.is_leaf()) continue;  // it has no gradient and its graph says what it requires
    const torch::Tensor& gradient = tensor.grad();
    gradients_.push_back({tensor, gradient, tensor.requires_grad()});
    if (gradient.defined() && !gradient.is_inference()) save_tensor(gradient);
  }
  save_generators(tensors);
  watch_.emplace([this](const torch::Tensor& written) { before_write(written); });
}

StateGuard::~StateGuard() {
  watch_.reset();
  // Copies only throw where a device fails; a destructor has nobody to tell.
  try {
    restore_gradients();
    restore_tensors();
    restore_versions();
    restore_generators();
  } catch (...) {
  }
}

void StateGuard::save_tensor(const torch::Tensor& tensor) {
  by_memory_.emplace(memory_of(tensor), tensors_.size());
  tensors_.push_back({tensor, tensor.variable_data(), std::nullopt});
}

void StateGuard::before_write(const torch::Tensor& written) {
  const auto [begin, end] = by_memory_.equal_range(memory_of(written));
  if (begin == end) return;
  // A counter cannot be set back, so another one counts what is done now.
  const auto count_apart = [this](const torch::Tensor& tensor) {
    c10::TensorImpl* const impl = tensor.unsafeGetTensorImpl();
    if (impl->is_inference() || versions_.count(impl) != 0) return;
    const c10::VariableVersion counter = impl->version_counter();
    versions_.emplace(impl, SavedVersion{tensor, counter});
    impl->set_version_counter(c10::VariableVersion(counter.current_version()));
  };
  count_apart(written);
  for (auto found = begin; found != end; ++found) {
    SavedTensor& saved = tensors_[found->second];
    count_apart(saved.tensor);
    if (!saved.copy) saved.copy = saved.memory.clone();
  }
}

void StateGuard::restore_tensors() {
  const torch::NoGradGuard no_grad;
  for (SavedTensor& saved : tensors_) {
    if (saved.copy) saved.memory.copy_(*saved.copy);
    const bool has_moved = memory_of(saved.tensor) != memory_of(saved.memory);
    if (saved.tensor.has_storage() &&
        (has_moved || saved.tensor.sizes() != saved.memory.sizes() ||
         saved.tensor.strides() != saved.memory.strides() ||
         saved.tensor.storage_offset() != saved.memory.storage_offset())) {
      saved.tensor.set_data(saved.memory);
    }
  }
}

void StateGuard::restore_gradients() {
  for (const SavedGradient& saved : gradients_) {
    const torch::Tensor& tensor = saved.tensor;
    if (!tensor.grad().is_same(saved.gradient)) tensor.mutable_grad() = saved.gradient;
    if (tensor.is_leaf() && tensor.requires_grad() != saved.is_required) {
      tensor.set_requires_grad(saved.is_required);
    }
  }
}

void StateGuard::restore_versions() {
  for (const auto& [impl, version] : versions_) {
    version.tensor.unsafeGetTensorImpl()->set_version_counter(version.counter);
  }
}

void StateGuard::save_generators(const std::vector<torch::Tensor>& tensors) {
  std::set<std::pair<c10::DeviceType, c10::DeviceIndex>> devices = {{c10::DeviceType::CPU, -1}};
  for (const torch::Tensor& tensor : tensors) {
    const c10::Device device = tensor.device();
    if (device.is_cuda()) devices.emplace(device.type(), device.index());
  }
  for (const auto& [type, index] : devices) {
    at::Generator generator = at::globalContext().defaultGenerator(c10::Device(type, index));
    const std::lock_guard<std::mutex> lock(generator.mutex());
    generators_.emplace_back(generator, generator.get_state());
  }
}

void StateGuard::restore_generators() {
  for (auto& [generator, state] : generators_) {
    const std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(state);
  }
}

}  // namespace suar::graph_export
