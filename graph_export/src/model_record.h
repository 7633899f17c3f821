#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/core/jit_type.h>
#include <torch/types.h>

#include <suar/graph.h>

#include "script_attributes.h"
#include "source_location.h"
#include "turn_costs.h"

namespace torch::jit {
struct Block;
struct Graph;
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// A parameter or buffer of the model.
struct ModelTensor {
  std::string scope;  ///< of the module that owns it
  std::string name;   ///< "weight"
  bool is_parameter = false;
  bool is_trainable = false;  ///< requires gradients
};

/// Counts a tensor with the module that holds it.
void count_tensor(GraphModule& module, const torch::Tensor& tensor, bool is_parameter);

/// How often what lies in branches and loops ran, that of a loop being the number of its turns.
using Executions = std::unordered_map<const torch::jit::Block*, int64_t>;

/// A model as LibTorch's graph of it, and what that graph does not tell: all that the graph for
/// people is made of, whether the model is of C++ or of TorchScript.
struct ModelRecord {
  /// Its values have the types of the tensors that were seen in a run.
  std::shared_ptr<torch::jit::Graph> graph;
  /// Of lists of tensors, what was the same of all tensors that were seen in them.
  std::unordered_map<const torch::jit::Value*, c10::TensorTypePtr> list_types;
  std::vector<GraphModule> modules;                                      ///< the root first
  std::vector<std::pair<const torch::jit::Value*, std::string>> inputs;  ///< with their names
  std::unordered_map<const torch::jit::Value*, ModelTensor> tensors;
  /// Of TorchScript, the attributes that its code sets: what they hold before the run.
  std::map<AttributePath, const torch::jit::Value*> attributes;
  /// What the code took numbers of, or these numbers: shown also where no output depends on them,
  /// since they may have decided which way the code went.
  std::vector<const torch::jit::Value*> reads;
  /// Of operations; one that is missing here belongs where its inputs come from.
  std::unordered_map<const torch::jit::Node*, std::string> scopes;
  Executions executions;
  /// Of operations whose tensors differed from turn to turn.
  std::unordered_map<const torch::jit::Node*, TurnCost> turn_costs;
  std::unordered_map<const torch::jit::Node*, SourceLocation> sources;  ///< where known
  std::unordered_map<const torch::jit::Node*, double> microseconds;     ///< where measured
};

}  // namespace suar::graph_export
