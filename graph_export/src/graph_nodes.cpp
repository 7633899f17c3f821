#include "graph_nodes.h"

#include <torch/csrc/jit/ir/ir.h>

#include "operation_facts.h"
#include "value_types.h"

namespace suar::graph_export {
namespace {

/// Of a tensor, or what the tensors of a list have in common.
c10::TensorTypePtr type_of(const ModelRecord& model, const torch::jit::Value& value) {
  const auto of_list = model.list_types.find(&value);
  return of_list == model.list_types.end() ? tensor_type_of(value) : of_list->second;
}

}  // namespace

GraphNodes::GraphNodes(const ModelRecord& model) : model_(model) {
  graph_.modules = model.modules;
}

GraphNode& GraphNodes::add(const Place& place, const std::string& leaf, std::string op,
                           const std::vector<const torch::jit::Value*>& values) {
  GraphNode& node = graph_.nodes.emplace_back();
  node.name = names_.unique(place.scope, leaf);
  if (!place.module.empty()) node.attributes["module"] = place.module;
  node.op = std::move(op);
  std::vector<c10::TensorTypePtr> types;
  for (const torch::jit::Value* value : values) types.push_back(type_of(model_, *value));
  node.device = device_of(types);
  if (auto dtype = dtypes_of(types)) node.attributes["dtype"] = std::move(*dtype);
  for (const torch::jit::Value* value : values) node.output_shapes.push_back(shape_of(*value));
  return node;
}

}  // namespace suar::graph_export
