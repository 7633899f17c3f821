#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <suar/graph.h>

#include "source_lines.h"

namespace torch::jit {
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
};

/// A model as LibTorch's graph of it, and what that graph does not tell: all that the graph for
/// people is made of, whether the model is of C++ or of TorchScript.
struct ModelRecord {
  /// Its values have the types of the tensors that were seen in a run.
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<GraphModule> modules;                                      ///< the root first
  std::vector<std::pair<const torch::jit::Value*, std::string>> inputs;  ///< with their names
  std::unordered_map<const torch::jit::Value*, ModelTensor> tensors;
  /// Of operations; one that is missing here belongs where its inputs come from.
  std::unordered_map<const torch::jit::Node*, std::string> scopes;
  /// How often it ran, where that is not once; of a loop, the number of its turns.
  std::unordered_map<const torch::jit::Node*, int64_t> executions;
  std::unordered_map<const torch::jit::Node*, SourceLocation> sources;  ///< where known
  std::unordered_map<const torch::jit::Node*, double> microseconds;     ///< where measured
};

}  // namespace suar::graph_export
