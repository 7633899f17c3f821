#include <set>
#include <string>
#include <variant>

#include <suar/graph_cost.h>
#include <suar/graph_ops.h>

namespace suar {
namespace {

template <typename Number>
Number number(const GraphNode& node, const char* name) {
  const auto attribute = node.attributes.find(name);
  if (attribute == node.attributes.end()) return 0;
  const Number* value = std::get_if<Number>(&attribute->second);
  return value == nullptr ? 0 : *value;
}

/// What of a cost a number of a node or of a module is, by the name of the attribute.
struct Field {
  const char* name;
  int64_t GraphCost::*value;
};

constexpr Field kFields[] = {{"parameters", &GraphCost::parameters},
                             {"trainable_parameters", &GraphCost::trainable_parameters},
                             {"constants", &GraphCost::constants},
                             {"macs", &GraphCost::macs},
                             {"flops", &GraphCost::flops},
                             {"activation_bytes", &GraphCost::activation_bytes},
                             {"parameter_bytes", &GraphCost::parameter_bytes},
                             {"buffer_bytes", &GraphCost::buffer_bytes},
                             {"constant_bytes", &GraphCost::constant_bytes},
                             {"input_bytes", &GraphCost::input_bytes}};

void add(GraphCost& sum, const GraphCost& cost) {
  for (const Field& field : kFields) sum.*field.value += cost.*field.value;
  sum.microseconds += cost.microseconds;
  sum.operations += cost.operations;
  sum.unknown += cost.unknown;
}

using Scopes = std::set<std::string>;

/// The scope, those that it lies in, and "".
void append_scopes(std::string scope, Scopes& scopes) {
  while (scopes.insert(scope).second) {
    const auto slash = scope.rfind('/');
    scope.erase(slash == std::string::npos ? 0 : slash);
  }
}

/// Where a node counts, each scope once: where it is shown and, in a branch or loop of another
/// module, in the module that ran it.
Scopes scopes_of(const GraphNode& node) {
  Scopes scopes;
  const auto slash = node.name.rfind('/');
  append_scopes(node.name.substr(0, slash == std::string::npos ? 0 : slash), scopes);
  const auto module = node.attributes.find("module");
  if (module != node.attributes.end()) {
    if (const auto* scope = std::get_if<std::string>(&module->second)) {
      append_scopes(*scope, scopes);
    }
  }
  return scopes;
}

}  // namespace

GraphCost cost_of(const GraphNode& node) {
  GraphCost cost;
  for (const Field& field : kFields) cost.*field.value = number<int64_t>(node, field.name);
  cost.microseconds = number<double>(node, "microseconds");
  cost.operations = is_operation(node) ? 1 : 0;
  cost.unknown = cost.operations == 1 && node.attributes.count("flops") == 0 ? 1 : 0;
  return cost;
}

std::map<std::string, GraphCost> cost_by_scope(const Graph& graph) {
  std::map<std::string, GraphCost> costs = {{"", GraphCost()}};
  for (const GraphNode& node : graph.nodes) {
    GraphCost cost = cost_of(node);
    if (!graph.modules.empty()) {
      cost.parameters = cost.trainable_parameters = cost.parameter_bytes = cost.buffer_bytes = 0;
    }
    for (const std::string& scope : scopes_of(node)) add(costs[scope], cost);
  }
  for (const GraphModule& module : graph.modules) {
    GraphCost cost;
    cost.parameters = module.parameters;
    cost.trainable_parameters = module.trainable_parameters;
    cost.parameter_bytes = module.parameter_bytes;
    cost.buffer_bytes = module.buffer_bytes;
    Scopes scopes;
    append_scopes(module.scope, scopes);
    for (const std::string& scope : scopes) add(costs[scope], cost);
  }
  return costs;
}

}  // namespace suar
