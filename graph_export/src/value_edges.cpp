#include "value_edges.h"

#include <variant>

#include <torch/csrc/jit/ir/ir.h>

#include "attributes.h"
#include "plumbing.h"

namespace suar::graph_export {

using JitNode = torch::jit::Node;
using JitValue = torch::jit::Value;

std::string edge_of(const std::string& node, std::size_t output) {
  return output == 0 ? node : node + ":" + std::to_string(output);
}

void ValueEdges::take_attribute(const JitNode& node) {
  const auto path = attribute_path(*node.output());
  if (!path) return;
  const auto& attributes = versions_.state().attributes;
  const auto content = attributes.find(*path);
  if (content == attributes.end()) return;
  if (const auto* value = std::get_if<const JitValue*>(&content->second)) {
    versions_.set_same(*node.output(), **value);
  } else {
    attributes_[node.output()] = std::get<std::string>(content->second);
  }
}

void ValueEdges::append(const JitValue& given, const Place& user, Edges& edges) {
  const JitValue& value = versions_.original_of(given);
  // An attribute of the user it would be only under its own name.
  const bool is_handed_on = &value != &given && value.node()->kind() == c10::prim::Constant;
  if (is_handed_on && constant_attribute(value) &&
      value.type()->kind() == c10::TypeKind::TensorType) {
    edges.push_back(sources_.name_of_constant(value, user));
    return;
  }
  const ValueVersions::Change* change = versions_.change_of(value);
  if (change == nullptr || versions_.is_other_view(value, *change)) {
    append_own(value, user, edges);
  }
  if (change != nullptr) edges.push_back(change->edge);
}

void ValueEdges::append(const ValueVersions::Content& content, const Place& user, Edges& edges) {
  if (const auto* value = std::get_if<const JitValue*>(&content)) {
    append(**value, user, edges);
  } else {
    edges.push_back(std::get<std::string>(content));
  }
}

/// Of what computed the value.
void ValueEdges::append_own(const JitValue& value, const Place& user, Edges& edges) {
  const JitNode& node = *value.node();
  if (const auto source = sources_.name_of(value, user)) {
    edges.push_back(*source);
  } else if (const auto taken = attributes_.find(&value); taken != attributes_.end()) {
    edges.push_back(taken->second);
  } else if (is_construct(node) ||
             (node.kind() == c10::prim::DictConstruct && operations_.count(&node) == 0)) {
    if (constant_attribute(value)) return;
    for (const JitValue* element : node.inputs()) append(*element, user, edges);
  } else if (is_unpack(node)) {
    const JitNode& list = *versions_.original_of(*node.input()).node();
    if (operations_.count(&list) != 0 && list.outputs().size() == 1) {
      append_output(list, value.offset(), edges);
    } else {
      append(*node.input(), user, edges);
    }
  } else {
    append_output(node, value.offset(), edges);
  }
}

void ValueEdges::append_output(const JitNode& producer, std::size_t output, Edges& edges) {
  const auto operation = operations_.find(&producer);
  // Nothing stands for a constant and for the turn's number.
  if (operation != operations_.end()) edges.push_back(edge_of(operation->second, output));
}

}  // namespace suar::graph_export
