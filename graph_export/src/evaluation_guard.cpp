#include "evaluation_guard.h"

#include <mutex>
#include <set>

#include <ATen/Context.h>
#include <torch/utils.h>

#include <suar/error.h>

namespace suar::graph_export {

void require_evaluation(const ModuleRegistry& registry) {
  for (const RegisteredModule& registered : registry.modules()) {
    if (!registered.module->is_training()) continue;
    throw Error("Exporting the graph of " + registry.modules().front().scope +
                ": a model that other threads may use was expected to be in evaluation mode, but " +
                registered.scope +
                " is in training mode, in which a run changes it. Call eval() first, or leave "
                "shared_with_threads off.");
  }
}

EvaluationGuard::EvaluationGuard(const ModuleRegistry& registry) {
  save_buffers(registry);
  save_generators(registry);
  for (const RegisteredModule& registered : registry.modules()) {
    was_training_.emplace_back(registered.module, registered.module->is_training());
  }
  registry.modules().front().module->eval();
}

EvaluationGuard::~EvaluationGuard() {
  // train() sets a module's children too, so parents come first. It, like the copies, only throws
  // where the model's own code does; a destructor has nobody to tell.
  try {
    for (const auto& [module, was_training] : was_training_) module->train(was_training);
    restore_buffers();
    restore_generators();
  } catch (...) {
  }
}

void EvaluationGuard::save_buffers(const ModuleRegistry& registry) {
  const torch::NoGradGuard no_grad;
  for (const RegisteredTensor& registered : registry.tensors()) {
    // Inference tensors have no version and cannot be changed in place here.
    if (registered.is_parameter || registered.tensor.is_inference()) continue;
    buffers_.push_back(
        {registered.tensor, registered.tensor.clone(), registered.tensor._version()});
  }
}

void EvaluationGuard::restore_buffers() {
  const torch::NoGradGuard no_grad;
  for (const SavedBuffer& saved : buffers_) {
    if (saved.buffer._version() == saved.version) continue;
    torch::Tensor buffer = saved.buffer;
    if (buffer.sizes() != saved.copy.sizes()) buffer.resize_as_(saved.copy);
    buffer.copy_(saved.copy);
  }
}

void EvaluationGuard::save_generators(const ModuleRegistry& registry) {
  std::set<std::pair<c10::DeviceType, c10::DeviceIndex>> devices = {{c10::DeviceType::CPU, -1}};
  for (const RegisteredTensor& registered : registry.tensors()) {
    const c10::Device device = registered.tensor.device();
    if (device.is_cuda()) devices.emplace(device.type(), device.index());
  }
  for (const auto& [type, index] : devices) {
    at::Generator generator = at::globalContext().defaultGenerator(c10::Device(type, index));
    const std::lock_guard<std::mutex> lock(generator.mutex());
    generators_.emplace_back(generator, generator.get_state());
  }
}

void EvaluationGuard::restore_generators() {
  for (auto& [generator, state] : generators_) {
    const std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(state);
  }
}

}  // namespace suar::graph_export
