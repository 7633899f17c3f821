#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "graph_nodes.h"
#include "model_record.h"
#include "shown_scopes.h"

namespace suar::graph_export {

/// The nodes that no operation computes: inputs, parameters, buffers and constants.
class SourceNodes {
 public:
  SourceNodes(const ModelRecord& model, GraphNodes& nodes) : model_(model), nodes_(nodes) {}

  void add_input(const torch::jit::Value& value, const std::string& name);

  /// The name of the node that stands for the value. That of a parameter, a buffer or a constant is
  /// added when it is first asked for, that of a constant where its first user is. Empty for what
  /// is computed and for a constant that is an attribute of its users.
  std::optional<std::string> name_of(const torch::jit::Value& value, const Place& user);

  /// That of a tensor that does not depend on the inputs, also where it would be an attribute.
  std::string name_of_constant(const torch::jit::Value& value, const Place& user);

 private:
  GraphNode& add(const torch::jit::Value& value, const Place& place, const std::string& leaf,
                 const char* op);
  void add_model_tensor(const torch::jit::Value& value, const ModelTensor& tensor);
  void add_constant(const torch::jit::Value& value, const Place& user);

  const ModelRecord& model_;
  GraphNodes& nodes_;
  std::unordered_map<const torch::jit::Value*, std::string> names_;
};

}  // namespace suar::graph_export
