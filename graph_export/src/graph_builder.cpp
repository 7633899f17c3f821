#include "graph_builder.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "attributes.h"
#include "cost_model.h"
#include "live_nodes.h"
#include "node_names.h"
#include "value_types.h"

namespace suar::graph_export {
namespace {

using JitNode = torch::jit::Node;
using JitValue = torch::jit::Value;

bool is_construct(const JitNode& node) {
  return node.kind() == c10::prim::ListConstruct || node.kind() == c10::prim::TupleConstruct;
}

bool is_unpack(const JitNode& node) {
  return node.kind() == c10::prim::ListUnpack || node.kind() == c10::prim::TupleUnpack;
}

/// True for what only tells the compiler about a type.
bool is_cast(const JitNode& node) {
  return node.kind() == c10::prim::unchecked_cast ||
         node.kind() == c10::prim::unchecked_unwrap_optional ||
         node.kind() == c10::aten::_unwrap_optional;
}

bool is_plumbing(const JitNode& node) {
  return node.kind() == c10::prim::Constant || node.kind() == c10::prim::Uninitialized ||
         is_construct(node) || is_unpack(node) || is_cast(node);
}

/// "float32", or a list where the tensors differ.
std::optional<GraphAttribute> dtypes_of(const std::vector<const JitValue*>& values) {
  std::vector<std::optional<c10::ScalarType>> types;
  for (const JitValue* value : values) types.push_back(scalar_type_of(*value));
  const bool are_equal =
      std::adjacent_find(types.begin(), types.end(), std::not_equal_to<>()) == types.end();
  if (are_equal) {
    if (types.empty() || !types.front()) return std::nullopt;
    return dtype_name(*types.front());
  }
  std::vector<std::string> names;
  for (const auto& type : types) names.push_back(type ? dtype_name(*type) : "?");
  return names;
}

class GraphBuilder {
 public:
  explicit GraphBuilder(const ModelRecord& model)
      : model_(model), live_(find_live_nodes(*model.graph)) {
    find_scopes(*model.graph->block());
    names_.reserve_scope("input");
    names_.reserve_scope("output");
    for (const GraphModule& module : model.modules) names_.reserve_scope(module.scope);
    std::unordered_set<std::string_view> scopes;
    for (const auto& [node, scope] : scopes_) scopes.insert(scope);
    for (const std::string_view scope : scopes) names_.reserve_scope(std::string(scope));
    graph_.modules = model.modules;
    graph_.nodes.reserve(model.inputs.size() + model.tensors.size() + live_.size());
  }

  Graph build() {
    for (const auto& [input, name] : model_.inputs) add_source(*input, "input", name, "Input");
    add_block(*model_.graph->block());
    for (const JitValue* output : model_.graph->outputs()) add_output(*output, "y");
    return std::move(graph_);
  }

 private:
  /// What has no record, such as what the tracer adds by itself, belongs to where its inputs come
  /// from. Constants are shown where they are used.
  void find_scopes(const torch::jit::Block& block) {
    for (const JitNode* node : block.nodes()) {
      if (node->kind() == c10::prim::Constant) continue;
      const auto known = model_.scopes.find(node);
      scopes_.emplace(node, known != model_.scopes.end() ? known->second : inherited_scope(*node));
      for (const torch::jit::Block* inner : node->blocks()) find_scopes(*inner);
    }
  }

  std::string_view inherited_scope(const JitNode& node) const {
    for (const JitValue* input : node.inputs()) {
      const auto producer = scopes_.find(input->node());
      if (producer != scopes_.end()) return producer->second;
    }
    return model_.modules.front().scope;
  }

  /// Where people see the node: inside of a branch or a loop, scopes begin with that of it.
  std::string shown_scope(const JitNode& node) const {
    std::string scope(scopes_.at(&node));
    for (auto outer = control_scopes_.rbegin(); outer != control_scopes_.rend(); ++outer) {
      const auto& [original, shown] = *outer;
      if (scope == original) return shown;
      if (scope.compare(0, original.size() + 1, original + "/") == 0) {
        return shown + scope.substr(original.size());
      }
    }
    return scope;
  }

  void add_block(const torch::jit::Block& block) {
    for (const JitNode* node : block.nodes()) {
      if (is_plumbing(*node) || live_.count(node) == 0) continue;
      if (node->kind() == c10::prim::If) {
        add_branch(*node);
      } else if (node->kind() == c10::prim::Loop) {
        add_loop(*node);
      } else {
        add_operation(*node);
      }
    }
  }

  /// The nodes of a block of a branch or loop, under a scope of its own.
  void add_inner_block(const JitNode& owner, const torch::jit::Block& block,
                       const std::string& scope) {
    control_scopes_.emplace_back(scopes_.at(&owner), scope);
    names_.reserve_scope(scope);
    for (const JitNode* node : block.nodes()) {
      if (!is_plumbing(*node)) names_.reserve_scope(shown_scope(*node));
    }
    add_block(block);
    control_scopes_.pop_back();
  }

  /// Both sides, and one node that takes the condition and the results of both.
  void add_branch(const JitNode& node) {
    const std::string scope = names_.unique(shown_scope(node), "if");
    std::vector<std::string> inputs;
    append_edges(*node.input(0), scope, inputs);
    const char* const sides[] = {"then", "else"};
    for (std::size_t side = 0; side < node.blocks().size() && side < 2; ++side) {
      add_inner_block(node, *node.blocks()[side], scope + "/" + sides[side]);
    }
    for (const torch::jit::Block* block : node.blocks()) {
      for (const JitValue* result : block->outputs()) append_edges(*result, scope, inputs);
    }
    add_result(node, scope, "select", std::move(inputs));
  }

  /// The body once, fed with the values before the first turn, and one node that takes the results.
  /// There is no edge back from a turn to the next: the graph has no cycles.
  void add_loop(const JitNode& node) {
    const std::string scope = names_.unique(shown_scope(node), "loop");
    std::vector<std::string> inputs;
    append_edges(*node.input(0), scope, inputs);  // the largest number of turns
    append_edges(*node.input(1), scope, inputs);  // whether there is a first one
    const torch::jit::Block& body = *node.blocks().front();
    for (std::size_t i = 1; i < body.inputs().size() && i + 1 < node.inputs().size(); ++i) {
      same_as_[body.inputs()[i]] = node.input(i + 1);
    }
    add_inner_block(node, body, scope);
    for (const JitValue* result : body.outputs()) append_edges(*result, scope, inputs);
    GraphNode& added = add_result(node, scope, "result", std::move(inputs));
    const auto turns = model_.executions.find(&node);
    if (turns != model_.executions.end()) added.attributes["trip_count"] = turns->second;
  }

  GraphNode& add_result(const JitNode& jit_node, const std::string& scope, const std::string& leaf,
                        std::vector<std::string> inputs) {
    GraphNode& node =
        add_node(scope, leaf, jit_node.kind().toQualString(), elements_of_outputs(jit_node));
    node.inputs = std::move(inputs);
    node.attributes["flops"] = int64_t{0};  // counted in the blocks
    operations_[&jit_node] = last_node();
    return node;
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

  std::size_t last_node() const { return graph_.nodes.size() - 1; }

  /// A node that no operation computes.
  GraphNode& add_source(const JitValue& value, const std::string& scope, const std::string& leaf,
                        std::string op) {
    GraphNode& node = add_node(scope, leaf, std::move(op), {&value});
    if (auto dtype = dtypes_of({&value})) node.attributes["dtype"] = std::move(*dtype);
    sources_[&value] = last_node();
    return node;
  }

  void add_model_tensor(const JitValue& value, const ModelTensor& tensor) {
    const char* const op = tensor.is_parameter ? "Parameter" : "Buffer";
    GraphNode& node = add_source(value, tensor.scope, tensor.name, op);
    const auto elements = elements_of(node);
    if (tensor.is_parameter && elements) node.attributes["parameters"] = *elements;
  }

  static std::optional<int64_t> elements_of(const GraphNode& source) {
    const auto& shape = source.output_shapes.front();
    return shape ? element_count(*shape) : std::nullopt;
  }

  void add_operation(const JitNode& jit_node) {
    const std::string scope = shown_scope(jit_node);
    std::vector<std::string> inputs;
    for (const JitValue* input : jit_node.inputs()) append_edges(*input, scope, inputs);
    // The node is named only now: nodes for constants come before it.
    const std::string leaf = jit_node.kind().toUnqualString();
    const std::vector<const JitValue*> outputs = elements_of_outputs(jit_node);
    GraphNode& node = add_node(scope, leaf, jit_node.kind().toQualString(), outputs);
    node.inputs = std::move(inputs);
    node.attributes = constant_arguments(jit_node);
    describe_outputs(jit_node, outputs, node);
    operations_[&jit_node] = last_node();
    if (changes_input(jit_node) && !jit_node.inputs().empty()) {
      // Who uses the tensor or list from now on uses what this operation made of it.
      node.attributes.erase(argument_name(jit_node, 0));
      sources_[jit_node.input(0)] = last_node();
    }
  }

  void describe_outputs(const JitNode& jit_node, const std::vector<const JitValue*>& outputs,
                        GraphNode& node) const {
    int64_t times = 1;
    if (const auto executions = model_.executions.find(&jit_node);
        executions != model_.executions.end()) {
      times = executions->second;
      node.attributes["executions"] = times;
    }
    if (auto dtype = dtypes_of(outputs)) node.attributes["dtype"] = std::move(*dtype);
    if (const auto bytes = output_bytes(jit_node, outputs)) {
      node.attributes["activation_bytes"] = *bytes * times;
    }
    if (const auto cost = operation_cost(jit_node, outputs)) {
      node.attributes["flops"] = cost->flops * times;
      if (cost->macs != 0) node.attributes["macs"] = cost->macs * times;
    }
    if (const auto source = model_.sources.find(&jit_node); source != model_.sources.end()) {
      node.file = source->second.file;
      node.line = source->second.line;
    }
    const auto time = model_.microseconds.find(&jit_node);
    if (time != model_.microseconds.end()) node.attributes["microseconds"] = time->second;
  }

  /// One node for each tensor of a result.
  void add_output(const JitValue& value, const std::string& name) {
    const JitNode& producer = *value.node();
    const bool is_changed = sources_.count(&value) != 0;
    if (is_construct(producer) && !is_changed) {
      for (const JitValue* element : producer.inputs()) add_output(*element, name);
      return;
    }
    if (producer.kind() == c10::prim::DictConstruct && !is_changed) {
      for (std::size_t i = 0; i + 1 < producer.inputs().size(); i += 2) {
        const auto key = constant_attribute(*producer.input(i));
        const bool has_name = key && std::holds_alternative<std::string>(*key);
        add_output(*producer.input(i + 1), has_name ? std::get<std::string>(*key) : name);
      }
      return;
    }
    std::vector<std::string> inputs;
    append_edges(value, "output", inputs);
    if (inputs.empty()) return;  // a number that is known, or nothing
    GraphNode& node = add_node("output", name, "Output", {&value});
    node.inputs = std::move(inputs);
    if (auto dtype = dtypes_of({&value})) node.attributes["dtype"] = std::move(*dtype);
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
    if (is_plain_constant(value)) return;
    if (const auto known = sources_.find(&value); known != sources_.end()) {
      edges.push_back(graph_.nodes[known->second].name);
    } else if (const auto tensor = model_.tensors.find(&value); tensor != model_.tensors.end()) {
      add_model_tensor(value, tensor->second);
      edges.push_back(graph_.nodes.back().name);
    } else if (const auto same = same_as_.find(&value); same != same_as_.end()) {
      append_edges(*same->second, user_scope, edges);
    } else if (node.kind() == c10::prim::Constant) {
      if (is_tensor_node(value)) {
        GraphNode& constant = add_source(value, user_scope, "constant", "Constant");
        if (const auto elements = elements_of(constant))
          constant.attributes["constants"] = *elements;
        edges.push_back(graph_.nodes.back().name);
      }
    } else if (is_construct(node)) {
      if (constant_attribute(value)) return;
      for (const JitValue* element : node.inputs()) append_edges(*element, user_scope, edges);
    } else if (is_unpack(node)) {
      append_element_edges(*node.input(), value.offset(), user_scope, edges);
    } else if (is_cast(node)) {
      append_edges(*node.input(0), user_scope, edges);
    } else {
      append_edge(node, value.offset(), edges);
    }
  }

  /// Of an element of a list or tuple.
  void append_element_edges(const JitValue& list, std::size_t index, const std::string& user_scope,
                            std::vector<std::string>& edges) {
    const JitNode& producer = *list.node();
    if (is_construct(producer) && index < producer.inputs().size()) {
      append_edges(*producer.input(index), user_scope, edges);
    } else if (producer.outputs().size() == 1 && operations_.count(&producer) != 0) {
      append_edge(producer, index, edges);
    } else {
      append_edges(list, user_scope, edges);
    }
  }

  void append_edge(const JitNode& producer, std::size_t output, std::vector<std::string>& edges) {
    const auto operation = operations_.find(&producer);
    // What no node stands for, such as the turn's number.
    if (operation == operations_.end()) return;
    const std::string& name = graph_.nodes[operation->second].name;
    edges.push_back(output == 0 ? name : name + ":" + std::to_string(output));
  }

  /// True for a number, a text or nothing: an attribute of what uses it.
  static bool is_plain_constant(const JitValue& value) {
    if (value.node()->kind() != c10::prim::Constant) return false;
    const c10::TypeKind kind = value.type()->kind();
    return kind != c10::TypeKind::TensorType && kind != c10::TypeKind::ListType;
  }

  /// True for a constant tensor that is too large for an attribute.
  static bool is_tensor_node(const JitValue& constant) {
    const auto value = torch::jit::toIValue(&constant);
    return value && value->isTensor() && value->toTensor().defined() &&
           !constant_attribute(constant);
  }

  const ModelRecord& model_;
  std::unordered_set<const JitNode*> live_;
  std::unordered_map<const JitNode*, std::string_view> scopes_;  // of all but constants
  NodeNames names_;
  std::unordered_map<const JitValue*, std::size_t> sources_;      // what stands for it in the graph
  std::unordered_map<const JitNode*, std::size_t> operations_;    // what stands for it in the graph
  std::unordered_map<const JitValue*, const JitValue*> same_as_;  // in a loop: before it
  /// Scopes of the branches and loops that are being added, and what stands for them.
  std::vector<std::pair<std::string, std::string>> control_scopes_;
  Graph graph_;
};

}  // namespace

Graph build_graph(const ModelRecord& model) {
  return GraphBuilder(model).build();
}

}  // namespace suar::graph_export
