#pragma once

#include <utility>
#include <vector>

#include <torch/nn/module.h>

#include "module_registry.h"
#include "state_guard.h"

namespace suar::graph_export {

/// Throws `suar::Error` when one of the modules is in training mode.
void require_evaluation(const ModuleRegistry& registry);

/// Puts a model into evaluation mode, and at the end of the block puts back what a run of it may
/// have changed: training flags, and what a `StateGuard` puts back.
class EvaluationGuard {
 public:
  explicit EvaluationGuard(const ModuleRegistry& registry);
  ~EvaluationGuard();
  EvaluationGuard(const EvaluationGuard&) = delete;
  EvaluationGuard& operator=(const EvaluationGuard&) = delete;

 private:
  StateGuard state_;
  std::vector<std::pair<torch::nn::Module*, bool>> was_training_;  // parents first
};

}  // namespace suar::graph_export
