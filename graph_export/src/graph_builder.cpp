#include "graph_builder.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include <suar/graph_ops.h>

#include "attributes.h"
#include "graph_nodes.h"
#include "live_nodes.h"
#include "memory_sharing.h"
#include "operation_facts.h"
#include "output_nodes.h"
#include "plumbing.h"
#include "script_attributes.h"
#include "shown_scopes.h"
#include "source_nodes.h"
#include "value_edges.h"
#include "value_versions.h"

namespace suar::graph_export {
namespace {

using JitNode = torch::jit::Node;
using JitValue = torch::jit::Value;

/// The whole model returns what the first output is.
void set_root_shape(Graph& graph) {
  const auto output =
      std::find_if(graph.nodes.begin(), graph.nodes.end(),
                   [](const GraphNode& node) { return node.op == graph_op::kOutput; });
  if (output == graph.nodes.end() || graph.modules.empty()) return;
  graph.modules.front().output_shape = output->output_shapes.front();
}

class GraphBuilder {
 public:
  explicit GraphBuilder(const ModelRecord& model)
      : model_(model),
        live_(find_live_nodes(*model.graph, model.reads)),
        scopes_(model),
        nodes_(model) {
    nodes_.names().reserve_scope("input");
    nodes_.names().reserve_scope("output");
    for (const GraphModule& module : model.modules) nodes_.names().reserve_scope(module.scope);
    for (const std::string_view scope : scopes_.all()) {
      nodes_.names().reserve_scope(std::string(scope));
    }
    for (const auto& [path, value] : model.attributes) versions_.set_attribute(path, value);
    for_each_node(*model.graph->block(), [&](const JitNode* node) {
      const auto path =
          node->kind() == c10::prim::GetAttr ? attribute_path(*node->output()) : std::nullopt;
      if (path) last_taken_[*path] = node;
    });
  }

  Graph build() {
    for (const auto& [input, name] : model_.inputs) sources_.add_input(*input, name);
    add_block(*model_.graph->block());
    add_output_nodes(*model_.graph, versions_, edges_, sources_, nodes_);
    Graph graph = nodes_.take();
    set_root_shape(graph);
    return graph;
  }

 private:
  void add_block(const torch::jit::Block& block) {
    for (const JitNode* node : block.nodes()) {
      if (node->kind() == c10::prim::GetAttr) edges_.take_attribute(*node);
      if (node->kind() == c10::prim::SetAttr) set_attribute(*node);
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
    nodes_.names().reserve_scope(scope);
    for (const JitNode* node : block.nodes()) {
      if (!is_plumbing(*node)) nodes_.names().reserve_scope(scopes_.place_of(*node).scope);
    }
    add_block(block);
    scopes_.leave();
  }

  /// Both sides, and one node that takes the condition and the results of both.
  void add_branch(const JitNode& node) {
    Place place = scopes_.place_of(node);
    place.scope = nodes_.names().unique(place.scope, "if");
    Edges inputs;
    edges_.append(*node.input(0), place, inputs);
    const char* const sides[] = {"then", "else"};
    const ValueVersions::State before = versions_.state();
    std::vector<ValueVersions::State> after;
    for (std::size_t side = 0; side < node.blocks().size() && side < 2; ++side) {
      const torch::jit::Block& block = *node.blocks()[side];
      versions_.set_state(before);
      add_inner_block(node, block, place.scope + "/" + sides[side]);
      for (const JitValue* result : block.outputs()) edges_.append(*result, place, inputs);
      after.push_back(versions_.state());
    }
    add_result(node, place, "select", std::move(inputs), before, after);
  }

  /// The body once, fed with the values before the first turn, and one node that takes the results.
  /// There is no edge back from a turn to the next: the graph has no cycles.
  void add_loop(const JitNode& node) {
    Place place = scopes_.place_of(node);
    place.scope = nodes_.names().unique(place.scope, "loop");
    Edges inputs;
    edges_.append(*node.input(0), place, inputs);  // the largest number of turns
    edges_.append(*node.input(1), place, inputs);  // whether there is a first one
    const torch::jit::Block& body = *node.blocks().front();
    for (std::size_t i = 1; i < body.inputs().size() && i + 1 < node.inputs().size(); ++i) {
      versions_.set_same(*body.inputs()[i], *node.input(i + 1));
    }
    const ValueVersions::State before = versions_.state();
    add_inner_block(node, body, place.scope);
    for (const JitValue* result : body.outputs()) edges_.append(*result, place, inputs);
    GraphNode* const added =
        add_result(node, place, "result", std::move(inputs), before, {versions_.state()});
    const auto turns = model_.executions.find(&body);
    if (added != nullptr && turns != model_.executions.end()) {
      added->attributes["trip_count"] = turns->second;
    }
  }

  /// The node behind a branch or loop. What was changed inside of it, in any of the states at the
  /// ends of its blocks, are further inputs and outputs of it. Null where it only counts.
  GraphNode* add_result(const JitNode& jit_node, const Place& place, const std::string& leaf,
                        Edges inputs, const ValueVersions::State& before,
                        const std::vector<ValueVersions::State>& after) {
    ValueVersions::Difference changed;
    for (const ValueVersions::State& state : after) {
      ValueVersions::append_difference(before, state, jit_node, changed);
    }
    auto& attributes = changed.attributes;
    attributes.erase(
        std::remove_if(attributes.begin(), attributes.end(),
                       [&](const auto& path) { return !is_taken_behind(path, jit_node); }),
        attributes.end());
    for (const ValueVersions::State& state : after) {
      versions_.set_state(state);
      for (const JitValue* value : changed.values) edges_.append(*value, place, inputs);
      for (const AttributePath& path : changed.attributes) {
        const auto content = state.attributes.find(path);
        if (content != state.attributes.end()) edges_.append(content->second, place, inputs);
      }
    }
    versions_.set_state(before);
    const std::vector<const JitValue*> outputs = elements_of_outputs(jit_node);
    const bool changes_nothing = changed.values.empty() && changed.attributes.empty();
    const bool selects_nothing = jit_node.kind() == c10::prim::If && outputs.empty();
    const bool says_nothing = selects_nothing || (inputs.empty() && only_counts(jit_node, outputs));
    if (changes_nothing && says_nothing) return nullptr;
    std::vector<const JitValue*> results = outputs;
    results.insert(results.end(), changed.values.begin(), changed.values.end());
    GraphNode& node = nodes_.add(place, leaf, jit_node.kind().toQualString(), results);
    node.inputs = std::move(inputs);
    locate(model_, jit_node, node);
    for (const char* const cost : {"flops", "activation_bytes"}) {
      node.attributes[cost] = int64_t{0};  // counted in the blocks
    }
    edges_.set_node_of(jit_node, node.name);
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

  void add_operation(const JitNode& jit_node) {
    const Place place = scopes_.place_of(jit_node);
    Edges inputs;
    for (const JitValue* input : jit_node.inputs()) edges_.append(*input, place, inputs);
    const std::vector<const JitValue*> outputs = elements_of_outputs(jit_node);
    if (inputs.empty()) {
      if (only_counts(jit_node, outputs)) return;  // the turns of a loop
      if (is_wrapped_number(jit_node)) {
        wrapped_numbers_.insert(&jit_node);
        return;
      }
      append_empty_lists(jit_node, place, inputs);
    }
    // The node is named only now: nodes for constants come before it.
    const std::string leaf = jit_node.kind().toUnqualString();
    GraphNode& node = nodes_.add(place, leaf, jit_node.kind().toQualString(), outputs);
    node.inputs = std::move(inputs);
    node.attributes.merge(constant_arguments(jit_node));
    describe_operation(model_, jit_node, outputs, node);
    edges_.set_node_of(jit_node, node.name);
    for (const std::size_t written : written_inputs(jit_node)) {
      node.attributes.erase(argument_name(jit_node, written));
      const std::size_t output = output_of_change(jit_node, written).value_or(0);
      versions_.change(*jit_node.input(written), edge_of(node.name, output));
    }
    versions_.computed(jit_node);
  }

  /// Nodes for lists without elements yet: what a turn of a loop puts into one, the next one reads.
  void append_empty_lists(const JitNode& user, const Place& place, Edges& edges) {
    for (const JitValue* input : user.inputs()) {
      const JitValue& list = versions_.original_of(*input);
      const JitNode& construct = *list.node();
      const bool is_empty =
          construct.kind() == c10::prim::ListConstruct && construct.inputs().empty();
      if (!is_empty || constant_attribute(list)) continue;
      std::string& name = empty_lists_[&construct];
      if (name.empty()) {
        GraphNode& node = nodes_.add(place, construct.kind().toUnqualString(),
                                     construct.kind().toQualString(), {&list});
        for (const char* const cost : {"flops", "activation_bytes"}) {
          node.attributes[cost] = int64_t{0};
        }
        name = node.name;
      }
      edges.push_back(name);
    }
  }

  /// A tensor only because what is traced computes with sizes as tensors.
  bool is_wrapped_number(const JitNode& node) const {
    const auto inputs = node.inputs();
    return node.kind() == c10::prim::NumToTensor ||
           std::any_of(inputs.begin(), inputs.end(), [&](const JitValue* input) {
             return wrapped_numbers_.count(input->node()) != 0;
           });
  }

  bool is_taken_behind(const AttributePath& path, const JitNode& node) const {
    const auto last = last_taken_.find(path);
    return last != last_taken_.end() && last->second->isAfter(&node);
  }

  void set_attribute(const JitNode& node) {
    auto path = attribute_path(*node.input(0));
    if (!path) return;
    path->push_back(node.s(c10::attr::name));
    versions_.set_attribute(*path, &versions_.original_of(*node.input(1)));
  }

  const ModelRecord& model_;
  std::unordered_set<const JitNode*> live_;
  ShownScopes scopes_;
  GraphNodes nodes_;
  ValueVersions versions_;
  SourceNodes sources_{model_, nodes_};
  ValueEdges edges_{sources_, versions_};
  std::map<AttributePath, const JitNode*> last_taken_;
  std::unordered_set<const JitNode*> wrapped_numbers_;
  std::unordered_map<const JitNode*, std::string> empty_lists_;
};

}  // namespace

Graph build_graph(const ModelRecord& model) {
  return GraphBuilder(model).build();
}

}  // namespace suar::graph_export
