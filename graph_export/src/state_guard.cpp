#include "state_guard.h"

#include <mutex>
#include <set>

#include <ATen/Context.h>
#include <torch/utils.h>

namespace suar::graph_export {

StateGuard::StateGuard(const std::vector<torch::Tensor>& buffers,
                       const std::vector<torch::Tensor>& tensors) {
  const torch::NoGradGuard no_grad;
  for (const torch::Tensor& buffer : buffers) {
    // Inference tensors have no version and cannot be changed in place here.
    if (buffer.is_inference()) continue;
    buffers_.push_back({buffer, buffer.clone(), static_cast<int64_t>(buffer._version())});
  }
  save_generators(tensors);
}

StateGuard::~StateGuard() {
  // Copies only throw where a device fails; a destructor has nobody to tell.
  try {
    restore_buffers();
    restore_generators();
  } catch (...) {
  }
}

void StateGuard::restore_buffers() {
  const torch::NoGradGuard no_grad;
  for (const SavedBuffer& saved : buffers_) {
    if (saved.buffer._version() == saved.version) continue;
    torch::Tensor buffer = saved.buffer;
    if (buffer.sizes() != saved.copy.sizes()) buffer.resize_as_(saved.copy);
    buffer.copy_(saved.copy);
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
