#include "state_guard.h"

#include <algorithm>
#include <mutex>
#include <set>

#include <ATen/Context.h>
#include <torch/utils.h>

namespace suar::graph_export {
namespace {

/// The dense tensors that a sparse one consists of, its values the last.
std::vector<torch::Tensor> parts_of(const torch::Tensor& tensor) {
  if (tensor.layout() == torch::kSparse) return {tensor._indices(), tensor._values()};
  if (tensor.layout() == torch::kSparseCsr) {
    return {tensor.crow_indices(), tensor.col_indices(), tensor.values()};
  }
  return {};
}

/// Equal for tensors that lie in the same memory, sparse ones with their values.
const void* memory_of(const torch::Tensor& tensor) {
  if (const auto parts = parts_of(tensor); !parts.empty()) return memory_of(parts.back());
  if (tensor.has_storage()) return tensor.storage().unsafeGetStorageImpl();
  return tensor.unsafeGetTensorImpl();
}

/// Whether they are the same elements of the same memory.
bool are_same(const torch::Tensor& one, const torch::Tensor& other) {
  if (one.layout() != other.layout() || one.sizes() != other.sizes()) return false;
  if (one.is_sparse() && one.is_coalesced() != other.is_coalesced()) return false;
  const auto parts = parts_of(one);
  if (!parts.empty()) {
    const auto others = parts_of(other);
    return std::equal(parts.begin(), parts.end(), others.begin(), are_same);
  }
  if (!one.has_storage()) return true;
  return memory_of(one) == memory_of(other) && one.strides() == other.strides() &&
         one.storage_offset() == other.storage_offset();
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
  for (const torch::Tensor& part : parts_of(tensor)) save_tensor(part);
}

void StateGuard::before_write(const torch::Tensor& written) {
  for (const torch::Tensor& part : parts_of(written)) before_write(part);
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
    const bool has_parts = !parts_of(saved.memory).empty();  // which are saved themselves
    if (!has_parts && !saved.copy) saved.copy = saved.memory.clone();
  }
}

void StateGuard::restore_tensors() {
  const torch::NoGradGuard no_grad;
  for (SavedTensor& saved : tensors_) {
    if (saved.copy) saved.memory.copy_(*saved.copy);
    if (!are_same(saved.tensor, saved.memory)) saved.tensor.set_data(saved.memory);
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
