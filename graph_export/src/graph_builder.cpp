#include "graph_builder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "attributes.h"
#include "live_nodes.h"
#include "node_names.h"
#include "scope_inference.h"

namespace suar::graph_export {
namespace {

using JitNode = torch::jit::Node;
using JitValue = torch::jit::Value;

std::optional<GraphShape> shape_of(const JitValue& value) {
  const auto type = value.type()->cast<c10::TensorType>();
  if (type == nullptr) return std::nullopt;
  const auto sizes = type->sizes().concrete_sizes();
  if (!sizes) return std::nullopt;
  return GraphShape(sizes->begin(), sizes->end());
}

std::string device_name(const c10::Device& device) {
  std::string type = device.is_cuda() ? "GPU" : c10::DeviceTypeName(device.type());
  return "/device:" + type + ":" + std::to_string(std::max<int>(device.index(), 0));
}

std::string device_of(const std::vector<const JitValue*>& values) {
  for (const JitValue* value : values) {
    const auto type = value->type()->cast<c10::TensorType>();
    if (type != nullptr && type->device()) return device_name(*type->device());
  }
  return {};
}

bool is_construct(const JitNode& node) {
  return node.kind() == c10::prim::ListConstruct || node.kind() == c10::prim::TupleConstruct;
}

bool is_unpack(const JitNode& node) {
  return node.kind() == c10::prim::ListUnpack || node.kind() == c10::prim::TupleUnpack;
}

class GraphBuilder {
 public:
  GraphBuilder(const ModuleRegistry& registry, const Trace& trace)
      : registry_(registry),
        trace_(trace),
        live_(find_live_nodes(*trace.graph)),
        scopes_(infer_scopes(registry, trace)) {
    inherit_scopes();
    names_.reserve_scope("input");
    names_.reserve_scope("output");
    for (const RegisteredModule& module : registry.modules()) names_.reserve_scope(module.scope);
    for (const auto& [node, scope] : scopes_) names_.reserve_scope(scope);
  }

  Graph build() {
    for (const JitValue* input : trace_.inputs) add_source(*input, "input", "x", "Input");
    for (const JitNode* node : trace_.graph->nodes()) {
      const bool is_plumbing =
          node->kind() == c10::prim::Constant || is_construct(*node) || is_unpack(*node);
      if (!is_plumbing && live_.count(node) != 0) add_operation(*node);
    }
    for (const JitValue* output : trace_.graph->outputs()) add_output(*output);
    return std::move(graph_);
  }

 private:
  /// What the tracer adds by itself has no record: it belongs to where its inputs come from.
  void inherit_scopes() {
    const std::string& root = registry_.modules().front().scope;
    for (const JitNode* node : trace_.graph->nodes()) {
      if (scopes_.count(node) != 0) continue;
      std::string scope = root;
      for (const JitValue* input : node->inputs()) {
        const auto producer = scopes_.find(input->node());
        if (producer == scopes_.end() || input->node()->kind() == c10::prim::Constant) continue;
        scope = producer->second;
        break;
      }
      scopes_.emplace(node, std::move(scope));
    }
  }

  GraphNode& add_node(const std::string& scope, const std::string& leaf, std::string op,
                      const std::vector<const JitValue*>& values) {
    GraphNode& node = graph_.nodes.emplace_back();
    node.name = names_.unique(scope, leaf);
    node.op = std::move(op);
    node.device = device_of(values);
    for (const JitValue* value : values) node.output_shapes.push_back(shape_of(*value));
    return node;
  }

  /// A node that no operation computes.
  void add_source(const JitValue& value, const std::string& scope, const std::string& leaf,
                  std::string op) {
    GraphNode& node = add_node(scope, leaf, std::move(op), {&value});
    const auto type = value.type()->cast<c10::TensorType>();
    if (type != nullptr && type->scalarType()) {
      node.attributes["dtype"] = dtype_name(*type->scalarType());
    }
    node_names_[&value] = node.name;
  }

  void add_operation(const JitNode& jit_node) {
    std::vector<std::string> inputs;
    for (std::size_t i = 0; i < jit_node.inputs().size(); ++i) {
      append_edges(*jit_node.input(i), scopes_.at(&jit_node), inputs);
    }
    // The node is named only now: nodes for constants come before it.
    const std::string leaf = jit_node.kind().toUnqualString();
    GraphNode& node = add_node(scopes_.at(&jit_node), leaf, jit_node.kind().toQualString(),
                               elements_of_outputs(jit_node));
    node.inputs = std::move(inputs);
    node.attributes = constant_arguments(jit_node);
    operation_names_[&jit_node] = node.name;
  }

  void add_output(const JitValue& value) {
    std::vector<std::string> inputs;
    append_edges(value, "output", inputs);
    GraphNode& node = add_node("output", "y", "Output", {&value});
    node.inputs = std::move(inputs);
  }

  /// The outputs of an operation; where its only output is a list that is unpacked, its elements.
  static std::vector<const JitValue*> elements_of_outputs(const JitNode& node) {
    if (node.outputs().size() == 1) {
      for (const auto& use : node.output()->uses()) {
        if (!is_unpack(*use.user)) continue;
        const auto elements = use.user->outputs();
        return {elements.begin(), elements.end()};
      }
    }
    const auto outputs = node.outputs();
    return {outputs.begin(), outputs.end()};
  }

  /// Appends what a node that uses `value` has as its inputs: nothing for a constant that is an
  /// attribute, all elements for a list.
  void append_edges(const JitValue& value, const std::string& user_scope,
                    std::vector<std::string>& edges) {
    const JitNode& node = *value.node();
    if (const auto known = node_names_.find(&value); known != node_names_.end()) {
      edges.push_back(known->second);
    } else if (const auto tensor = trace_.tensors.find(&value); tensor != trace_.tensors.end()) {
      const RegisteredTensor& registered = registry_.tensors()[tensor->second];
      add_source(value, registry_.modules()[registered.owner].scope, registered.name,
                 registered.is_parameter ? "Parameter" : "Buffer");
      edges.push_back(node_names_.at(&value));
    } else if (node.kind() == c10::prim::Constant) {
      if (is_tensor_node(value)) {
        add_source(value, user_scope, "constant", "Constant");
        edges.push_back(node_names_.at(&value));
      }
    } else if (is_construct(node)) {
      if (constant_attribute(value)) return;
      for (const JitValue* element : node.inputs()) append_edges(*element, user_scope, edges);
    } else if (is_unpack(node)) {
      const JitNode& list = *node.input()->node();
      if (is_construct(list)) {
        append_edges(*list.input(value.offset()), user_scope, edges);
      } else {
        append_edge(list, value.offset(), edges);
      }
    } else {
      append_edge(node, value.offset(), edges);
    }
  }

  void append_edge(const JitNode& producer, std::size_t output, std::vector<std::string>& edges) {
    const std::string& name = operation_names_.at(&producer);
    edges.push_back(output == 0 ? name : name + ":" + std::to_string(output));
  }

  /// True for a constant tensor that is too large for an attribute.
  static bool is_tensor_node(const JitValue& constant) {
    const auto value = torch::jit::toIValue(&constant);
    return value && value->isTensor() && value->toTensor().defined() &&
           !constant_attribute(constant);
  }

  const ModuleRegistry& registry_;
  const Trace& trace_;
  std::unordered_set<const JitNode*> live_;
  std::unordered_map<const JitNode*, std::string> scopes_;
  NodeNames names_;
  std::unordered_map<const JitValue*, std::string> node_names_;      // of sources
  std::unordered_map<const JitNode*, std::string> operation_names_;  // of operations
  Graph graph_;
};

}  // namespace

Graph build_graph(const ModuleRegistry& registry, const Trace& trace) {
  return GraphBuilder(registry, trace).build();
}

}  // namespace suar::graph_export
