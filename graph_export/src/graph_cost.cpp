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

/// Adds to the scope, to those that it lies in, and to the whole.
void add_to_scopes(std::map<std::string, GraphCost>& costs, std::string scope,
                   const GraphCost& cost) {
  while (!scope.empty()) {
    add(costs[scope], cost);
    const auto slash = scope.rfind('/');
    scope.erase(slash == std::string::npos ? 0 : slash);
  }
  add(costs[""], cost);
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
    const auto slash = node.name.rfind('/');
    add_to_scopes(costs, node.name.substr(0, slash == std::string::npos ? 0 : slash), cost);
  }
  for (const GraphModule& module : graph.modules) {
    GraphCost cost;
    cost.parameters = module.parameters;
    cost.trainable_parameters = module.trainable_parameters;
    cost.parameter_bytes = module.parameter_bytes;
    cost.buffer_bytes = module.buffer_bytes;
    add_to_scopes(costs, module.scope, cost);
  }
  return costs;
}

}  // namespace suar
