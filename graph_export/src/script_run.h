#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include "operation_times.h"

namespace torch::jit {
struct Graph;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// What a value of the graph was in a run.
struct ObservedValue {
  int64_t times = 0;        ///< how often it was computed
  c10::TensorTypePtr type;  ///< of a tensor; what differed from time to time is not known
  std::optional<c10::IValue> constant;  ///< of a number, text or list of them that never changed
  std::vector<c10::TensorTypePtr> elements;  ///< of a list of tensors that never changed its length
};

struct ScriptRun {
  std::unordered_map<const torch::jit::Value*, ObservedValue> values;
  CallsOfNodes calls;  ///< when the thread has a log of calls
};

/// True for a value that an attribute of an operation can hold.
bool may_become_constant(const c10::IValue& value);

/// Runs the graph and observes all its values, its inputs too. `stack` holds those. `method` is
/// what LibTorch's errors say that they happened in.
ScriptRun observe_run(const std::shared_ptr<torch::jit::Graph>& graph, const std::string& method,
                      std::vector<c10::IValue> stack);

/// Runs the graph.
void run_script(const std::shared_ptr<torch::jit::Graph>& graph, const std::string& method,
                std::vector<c10::IValue> stack);

}  // namespace suar::graph_export
