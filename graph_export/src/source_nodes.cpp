#include "source_nodes.h"

#include <cstdint>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include <suar/graph_ops.h>

#include "attributes.h"
#include "value_types.h"

namespace suar::graph_export {
namespace {

using JitValue = torch::jit::Value;

/// True for a constant tensor that is too large for an attribute.
bool is_tensor_node(const JitValue& constant) {
  const c10::TypeKind kind = constant.type()->kind();
  if (kind != c10::TypeKind::TensorType && kind != c10::TypeKind::ListType) return false;
  const auto value = torch::jit::toIValue(&constant);
  return value && value->isTensor() && value->toTensor().defined() && !constant_attribute(constant);
}

std::optional<int64_t> elements_of(const GraphNode& source) {
  const auto& shape = source.output_shapes.front();
  return shape ? element_count(*shape) : std::nullopt;
}

}  // namespace

void SourceNodes::add_input(const JitValue& value, const std::string& name) {
  GraphNode& node = add(value, {"input", ""}, name, graph_op::kInput);
  if (const auto bytes = bytes_of(value)) node.attributes["input_bytes"] = *bytes;
}

std::optional<std::string> SourceNodes::name_of(const JitValue& value, const Place& user) {
  const auto known = names_.find(&value);
  if (known != names_.end()) return known->second;
  if (const auto tensor = model_.tensors.find(&value); tensor != model_.tensors.end()) {
    add_model_tensor(value, tensor->second);
  } else if (value.node()->kind() == c10::prim::Constant && is_tensor_node(value)) {
    add_constant(value, user);
  } else {
    return std::nullopt;
  }
  return names_.at(&value);
}

std::string SourceNodes::name_of_constant(const JitValue& value, const Place& user) {
  if (const auto name = name_of(value, user)) return *name;
  add_constant(value, user);
  return names_.at(&value);
}

GraphNode& SourceNodes::add(const JitValue& value, const Place& place, const std::string& leaf,
                            const char* op) {
  GraphNode& node = nodes_.add(place, leaf, op, {&value});
  names_[&value] = node.name;
  return node;
}

void SourceNodes::add_model_tensor(const JitValue& value, const ModelTensor& tensor) {
  const char* const op = tensor.is_parameter ? graph_op::kParameter : graph_op::kBuffer;
  GraphNode& node = add(value, {tensor.scope, ""}, tensor.name, op);
  const auto elements = elements_of(node);
  const auto bytes = bytes_of(value);
  if (!elements || !bytes) return;
  if (tensor.is_parameter) {
    node.attributes["parameters"] = *elements;
    node.attributes["trainable_parameters"] = tensor.is_trainable ? *elements : 0;
  }
  node.attributes[tensor.is_parameter ? "parameter_bytes" : "buffer_bytes"] = *bytes;
}

void SourceNodes::add_constant(const JitValue& value, const Place& user) {
  GraphNode& node = add(value, user, "constant", graph_op::kConstant);
  if (const auto elements = elements_of(node)) node.attributes["constants"] = *elements;
  if (const auto bytes = bytes_of(value)) node.attributes["constant_bytes"] = *bytes;
}

}  // namespace suar::graph_export
