#include "evaluation_guard.h"

#include <suar/error.h>

namespace suar::graph_export {
namespace {

std::vector<torch::Tensor> tensors_of(const ModuleRegistry& registry) {
  std::vector<torch::Tensor> tensors;
  for (const RegisteredTensor& registered : registry.tensors()) {
    tensors.push_back(registered.tensor);
  }
  return tensors;
}

}  // namespace

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

EvaluationGuard::EvaluationGuard(const ModuleRegistry& registry) : state_(tensors_of(registry)) {
  for (const RegisteredModule& registered : registry.modules()) {
    was_training_.emplace_back(registered.module, registered.module->is_training());
  }
  registry.modules().front().module->eval();
}

EvaluationGuard::~EvaluationGuard() {
  // train() sets a module's children too, so parents come first. It only throws where the model's
  // own code does; a destructor has nobody to tell.
  try {
    for (const auto& [module, was_training] : was_training_) module->train(was_training);
  } catch (...) {
  }
}

}  // namespace suar::graph_export
