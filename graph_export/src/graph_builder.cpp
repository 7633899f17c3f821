#include "graph_builder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include <suar/graph_ops.h>

#include "attributes.h"
#include "live_nodes.h"
#include "memory_sharing.h"
#include "node_names.h"
#include "operation_facts.h"
#include "plumbing.h"
#include "script_attributes.h"
#include "shown_scopes.h"
#include "value_types.h"
#include "value_versions.h"

namespace suar::graph_export {
namespace {

using JitNode = torch::jit::Node;
using JitValue = torch::jit::Value;

std::string edge_of(const std::string& node, std::size_t output) {
  return output == 0 ? node : node + ":" + std::to_string(output);
}

class GraphBuilder {
 public:
  explicit GraphBuilder(const ModelRecord& model)
      : model_(model), live_(find_live_nodes(*model.graph)), scopes_(model) {
    names_.reserve_scope("input");
    names_.reserve_scope("output");
    for (const GraphModule& module : model.modules) names_.reserve_scope(module.scope);
    for (const std::string_view scope : scopes_.all()) names_.reserve_scope(std::string(scope));
    for (const auto& [path, value] : model.attributes) versions_.set_attribute(path, value);
    graph_.modules = model.modules;
    graph_.nodes.reserve(model.inputs.size() + model.tensors.size() + live_.size());
  }

  Graph build() {
    for (const auto& [input, name] : model_.inputs) add_input(*input, name);
    add_block(*model_.graph->block());
    for (const JitValue* output : model_.graph->outputs()) add_output(*output, "y");
    return std::move(graph_);
  }

 private:
  void add_block(const torch::jit::Block& block) {
    for (const JitNode* node : block.nodes()) {
      if (node->kind() == c10::prim::GetAttr) take_attribute(*node);
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
    scopes_.enter(owner, scope);
    names_.reserve_scope(scope);
    for (const JitNode* node : block.nodes()) {
      if (!is_plumbing(*node)) names_.reserve_scope(scopes_.place_of(*node).scope);
    }
    add_block(block);
    scopes_.leave();
  }

  /// Both sides, and one node that takes the condition and the results of both.
  void add_branch(const JitNode& node) {
    Place place = scopes_.place_of(node);
    place.scope = names_.unique(place.scope, "if");
    std::vector<std::string> inputs;
    append_edges(*node.input(0), place, inputs);
    const char* const sides[] = {"then", "else"};
    const ValueVersions::State before = versions_.state();
    std::vector<ValueVersions::State> after;
    for (std::size_t side = 0; side < node.blocks().size() && side < 2; ++side) {
      const torch::jit::Block& block = *node.blocks()[side];
      versions_.set_state(before);
      add_inner_block(node, block, place.scope + "/" + sides[side]);
      for (const JitValue* result : block.outputs()) append_edges(*result, place, inputs);
      after.push_back(versions_.state());
    }
    add_result(node, place, "select", std::move(inputs), before, after);
  }

  /// The body once, fed with the values before the first turn, and one node that takes the results.
  /// There is no edge back from a turn to the next: the graph has no cycles.
  void add_loop(const JitNode& node) {
    Place place = scopes_.place_of(node);
    place.scope = names_.unique(place.scope, "loop");
    std::vector<std::string> inputs;
    append_edges(*node.input(0), place, inputs);  // the largest number of turns
    append_edges(*node.input(1), place, inputs);  // whether there is a first one
    const torch::jit::Block& body = *node.blocks().front();
    for (std::size_t i = 1; i < body.inputs().size() && i + 1 < node.inputs().size(); ++i) {
      versions_.set_same(*body.inputs()[i], *node.input(i + 1));
    }
    const ValueVersions::State before = versions_.state();
    add_inner_block(node, body, place.scope);
    for (const JitValue* result : body.outputs()) append_edges(*result, place, inputs);
    GraphNode* const added =
        add_result(node, place, "result", std::move(inputs), before, {versions_.state()});
    const auto turns = model_.executions.find(&node);
    if (added != nullptr && turns != model_.executions.end()) {
      added->attributes["trip_count"] = turns->second;
    }
  }

  /// The node behind a branch or loop. What was changed inside of it, in any of the states at the
  /// ends of its blocks, are further inputs and outputs of it. Null where it only counts.
  GraphNode* add_result(const JitNode& jit_node, const Place& place, const std::string& leaf,
                        std::vector<std::string> inputs, const ValueVersions::State& before,
                        const std::vector<ValueVersions::State>& after) {
    ValueVersions::Difference changed;
    for (const ValueVersions::State& state : after) {
      ValueVersions::append_difference(before, state, jit_node, changed);
    }
    for (const ValueVersions::State& state : after) {
      versions_.set_state(state);
      for (const JitValue* value : changed.values) append_edges(*value, place, inputs);
      for (const AttributePath& path : changed.attributes) {
        const auto content = state.attributes.find(path);
        if (content != state.attributes.end()) append_content(content->second, place, inputs);
      }
    }
    versions_.set_state(before);
    const std::vector<const JitValue*> outputs = elements_of_outputs(jit_node);
    const bool changes_nothing = changed.values.empty() && changed.attributes.empty();
    if (inputs.empty() && changes_nothing && only_counts(jit_node, outputs)) return nullptr;
    std::vector<const JitValue*> results = outputs;
    results.insert(results.end(), changed.values.begin(), changed.values.end());
    GraphNode& node = add_node(place, leaf, jit_node.kind().toQualString(), results);
    node.inputs = std::move(inputs);
    locate(model_, jit_node, node);
    for (const char* const cost : {"flops", "activation_bytes"}) {
      node.attributes[cost] = int64_t{0};  // counted in the blocks
    }
    operations_[&jit_node] = last_node();
    for (std::size_t i = 0; i < changed.values.size(); ++i) {
      versions_.change(*changed.values[i], edge_of(node.name, outputs.size() + i));
    }
    for (const AttributePath& path : changed.attributes) {
      versions_.set_attribute(path, edge_of(node.name, node.output_shapes.size()));
      node.output_shapes.emplace_back();
    }
    versions_.computed(jit_node);
    return &node;
  }

  GraphNode& add_node(const Place& place, const std::string& leaf, std::string op,
                      const std::vector<const JitValue*>& values) {
    GraphNode& node = graph_.nodes.emplace_back();
    node.name = names_.unique(place.scope, leaf);
    if (!place.module.empty()) node.attributes["module"] = place.module;
    node.op = std::move(op);
    std::vector<c10::TensorTypePtr> types;
    for (const JitValue* value : values) types.push_back(type_of(*value));
    node.device = device_of(types);
    if (auto dtype = dtypes_of(types)) node.attributes["dtype"] = std::move(*dtype);
    for (const JitValue* value : values) node.output_shapes.push_back(shape_of(*value));
    return node;
  }

  /// Of a tensor, or what the tensors of a list have in common.
  c10::TensorTypePtr type_of(const JitValue& value) const {
    const auto of_list = model_.list_types.find(&value);
    return of_list == model_.list_types.end() ? tensor_type_of(value) : of_list->second;
  }

  std::size_t last_node() const { return graph_.nodes.size() - 1; }

  /// A node that no operation computes.
  GraphNode& add_source(const JitValue& value, const Place& place, const std::string& leaf,
                        std::string op) {
    GraphNode& node = add_node(place, leaf, std::move(op), {&value});
    sources_[&value] = last_node();
    return node;
  }

  void add_input(const JitValue& value, const std::string& name) {
    GraphNode& node = add_source(value, {"input", ""}, name, graph_op::kInput);
    if (const auto bytes = bytes_of(value)) node.attributes["input_bytes"] = *bytes;
  }

  void add_model_tensor(const JitValue& value, const ModelTensor& tensor) {
    const char* const op = tensor.is_parameter ? graph_op::kParameter : graph_op::kBuffer;
    GraphNode& node = add_source(value, {tensor.scope, ""}, tensor.name, op);
    const auto elements = elements_of(node);
    const auto bytes = bytes_of(value);
    if (!elements || !bytes) return;
    if (tensor.is_parameter) {
      node.attributes["parameters"] = *elements;
      node.attributes["trainable_parameters"] = tensor.is_trainable ? *elements : 0;
    }
    node.attributes[tensor.is_parameter ? "parameter_bytes" : "buffer_bytes"] = *bytes;
  }

  void add_constant(const JitValue& value, const Place& user) {
    GraphNode& node = add_source(value, user, "constant", graph_op::kConstant);
    if (const auto elements = elements_of(node)) node.attributes["constants"] = *elements;
    if (const auto bytes = bytes_of(value)) node.attributes["constant_bytes"] = *bytes;
  }

  static std::optional<int64_t> elements_of(const GraphNode& source) {
    const auto& shape = source.output_shapes.front();
    return shape ? element_count(*shape) : std::nullopt;
  }

  void add_operation(const JitNode& jit_node) {
    const Place place = scopes_.place_of(jit_node);
    std::vector<std::string> inputs;
    for (const JitValue* input : jit_node.inputs()) append_edges(*input, place, inputs);
    const std::vector<const JitValue*> outputs = elements_of_outputs(jit_node);
    if (inputs.empty()) {
      if (only_counts(jit_node, outputs)) return;  // the turns of a loop
      if (is_wrapped_number(jit_node)) {
        wrapped_numbers_.insert(&jit_node);
        return;
      }
    }
    // The node is named only now: nodes for constants come before it.
    const std::string leaf = jit_node.kind().toUnqualString();
    GraphNode& node = add_node(place, leaf, jit_node.kind().toQualString(), outputs);
    node.inputs = std::move(inputs);
    node.attributes.merge(constant_arguments(jit_node));
    describe_operation(model_, jit_node, outputs, node);
    operations_[&jit_node] = last_node();
    for (const std::size_t written : written_inputs(jit_node)) {
      node.attributes.erase(argument_name(jit_node, written));
      const std::size_t output = output_of_change(jit_node, written).value_or(0);
      versions_.change(*jit_node.input(written), edge_of(node.name, output));
    }
    if (jit_node.kind() == c10::prim::SetAttr) {
      node.attributes["attribute"] = jit_node.s(c10::attr::name);
      set_attribute(jit_node);
    }
    versions_.computed(jit_node);
  }

  /// A tensor only because what is traced computes with sizes as tensors.
  bool is_wrapped_number(const JitNode& node) const {
    const auto inputs = node.inputs();
    return node.kind() == c10::prim::NumToTensor ||
           std::any_of(inputs.begin(), inputs.end(), [&](const JitValue* input) {
             return wrapped_numbers_.count(input->node()) != 0;
           });
  }

  void set_attribute(const JitNode& node) {
    auto path = attribute_path(*node.input(0));
    if (!path) return;
    path->push_back(node.s(c10::attr::name));
    versions_.set_attribute(*path, &versions_.original_of(*node.input(1)));
  }

  /// What the attribute was set to before, if it was.
  void take_attribute(const JitNode& node) {
    const auto path = attribute_path(*node.output());
    if (!path) return;
    const auto& attributes = versions_.state().attributes;
    const auto content = attributes.find(*path);
    if (content == attributes.end()) return;
    if (const auto* value = std::get_if<const JitValue*>(&content->second)) {
      versions_.set_same(*node.output(), **value);
    } else {
      attribute_edges_[node.output()] = std::get<std::string>(content->second);
    }
  }

  /// One node for each tensor of a result.
  void add_output(const JitValue& given, const std::string& name) {
    const JitValue& value = versions_.original_of(given);
    const JitNode& producer = *value.node();
    const bool is_changed = versions_.change_of(value) != nullptr;
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
    const Place place = {"output", ""};
    std::vector<std::string> inputs;
    append_edges(value, place, inputs);
    if (inputs.empty()) return;  // a number that is known, or nothing
    GraphNode& node = add_node(place, name, graph_op::kOutput, {&value});
    node.inputs = std::move(inputs);
  }

  /// Appends what a node that uses `value` now has as its inputs: nothing for a constant that is an
  /// attribute, all elements for a list.
  void append_edges(const JitValue& given, const Place& user, std::vector<std::string>& edges) {
    const JitValue& value = versions_.original_of(given);
    const ValueVersions::Change* change = versions_.change_of(value);
    if (change == nullptr || versions_.is_other_view(value, *change)) {
      append_own_edges(value, user, edges);
    }
    if (change != nullptr) edges.push_back(change->edge);
  }

  /// Of what computed the value.
  void append_own_edges(const JitValue& value, const Place& user, std::vector<std::string>& edges) {
    const JitNode& node = *value.node();
    if (is_plain_constant(value)) return;
    if (const auto known = sources_.find(&value); known != sources_.end()) {
      edges.push_back(graph_.nodes[known->second].name);
    } else if (const auto taken = attribute_edges_.find(&value); taken != attribute_edges_.end()) {
      edges.push_back(taken->second);
    } else if (const auto tensor = model_.tensors.find(&value); tensor != model_.tensors.end()) {
      add_model_tensor(value, tensor->second);
      edges.push_back(graph_.nodes.back().name);
    } else if (node.kind() == c10::prim::Constant) {
      if (is_tensor_node(value)) {
        add_constant(value, user);
        edges.push_back(graph_.nodes.back().name);
      }
    } else if (is_construct(node)) {
      if (constant_attribute(value)) return;
      for (const JitValue* element : node.inputs()) append_edges(*element, user, edges);
    } else if (is_unpack(node)) {
      const JitNode& list = *versions_.original_of(*node.input()).node();
      if (operations_.count(&list) != 0 && list.outputs().size() == 1) {
        append_edge(list, value.offset(), edges);
      } else {
        append_edges(*node.input(), user, edges);
      }
    } else {
      append_edge(node, value.offset(), edges);
    }
  }

  void append_content(const ValueVersions::Content& content, const Place& user,
                      std::vector<std::string>& edges) {
    if (const auto* value = std::get_if<const JitValue*>(&content)) {
      append_edges(**value, user, edges);
    } else {
      edges.push_back(std::get<std::string>(content));
    }
  }

  void append_edge(const JitNode& producer, std::size_t output, std::vector<std::string>& edges) {
    const auto operation = operations_.find(&producer);
    // Nothing stands for the turn's number.
    if (operation == operations_.end()) return;
    edges.push_back(edge_of(graph_.nodes[operation->second].name, output));
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
  ShownScopes scopes_;
  NodeNames names_;
  std::unordered_map<const JitValue*, std::size_t> sources_;    // what stands for it in the graph
  std::unordered_map<const JitNode*, std::size_t> operations_;  // what stands for it in the graph
  std::unordered_set<const JitNode*> wrapped_numbers_;
  std::unordered_map<const JitValue*, std::string> attribute_edges_;  // taken behind a branch
  ValueVersions versions_;
  Graph graph_;
};

}  // namespace

Graph build_graph(const ModelRecord& model) {
  return GraphBuilder(model).build();
}

}  // namespace suar::graph_export
