#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>

#include "module_registry.h"

namespace suar::graph_export {

/// Throws `suar::Error` when one of the modules is in training mode.
void require_evaluation(const ModuleRegistry& registry);

/// Puts a model into evaluation mode, and at the end of the block puts back what a run of it may
/// have changed: training flags, buffers that were changed in place, the state of the random
/// generators.
class EvaluationGuard {
 public:
  explicit EvaluationGuard(const ModuleRegistry& registry);
  ~EvaluationGuard();
  EvaluationGuard(const EvaluationGuard&) = delete;
  EvaluationGuard& operator=(const EvaluationGuard&) = delete;

 private:
  struct SavedBuffer {
    torch::Tensor buffer;
    torch::Tensor copy;
    int64_t version;
  };

  void save_buffers(const ModuleRegistry& registry);
  void save_generators(const ModuleRegistry& registry);
  void restore_buffers();
  void restore_generators();

  std::vector<std::pair<torch::nn::Module*, bool>> was_training_;  // parents first
  std::vector<SavedBuffer> buffers_;
  std::vector<std::pair<at::Generator, torch::Tensor>> generators_;  // with their state
};

}  // namespace suar::graph_export
