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
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// What a value of the graph was in a run.
struct ObservedValue {
  int64_t times = 0;        ///< how often it was computed
  c10::TensorTypePtr type;  ///< of a tensor; what differed from time to time is not known
  std::optional<c10::IValue> constant;  ///< of a number, text or list of them that never changed
  std::vector<c10::TensorTypePtr> elements;  ///< of a list of tensors that never changed its length
  c10::TensorTypePtr element;  ///< of a list of tensors, what is the same of all of them
};

/// The types of the tensors in a value: that of a tensor, those of a list of them; none of others.
using SeenTensors = std::vector<c10::TensorTypePtr>;

/// What an operation was given and what it gave in one turn, or in several that were the same.
struct Turn {
  std::vector<SeenTensors> inputs;
  std::vector<SeenTensors> outputs;
  int64_t times = 0;
};

struct ScriptRun {
  std::unordered_map<const torch::jit::Value*, ObservedValue> values;
  std::unordered_map<const torch::jit::Node*, std::vector<Turn>> turns;  ///< of operations
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
