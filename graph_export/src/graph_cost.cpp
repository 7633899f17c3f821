#include <set>
#include <variant>

#include <suar/graph_cost.h>

namespace suar {
namespace {

template <typename Number>
Number number(const GraphNode& node, const char* name) {
  const auto attribute = node.attributes.find(name);
  if (attribute == node.attributes.end()) return 0;
  const Number* value = std::get_if<Number>(&attribute->second);
  return value == nullptr ? 0 : *value;
}

bool is_operation(const GraphNode& node) {
  static const std::set<std::string> others = {"Input", "Output", "Parameter", "Buffer",
                                               "Constant"};
  return others.count(node.op) == 0;
}

void add(GraphCost& sum, const GraphCost& cost) {
  sum.parameters += cost.parameters;
  sum.constants += cost.constants;
  sum.macs += cost.macs;
  sum.flops += cost.flops;
  sum.activation_bytes += cost.activation_bytes;
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
  cost.parameters = number<int64_t>(node, "parameters");
  cost.constants = number<int64_t>(node, "constants");
  cost.macs = number<int64_t>(node, "macs");
  cost.flops = number<int64_t>(node, "flops");
  cost.activation_bytes = number<int64_t>(node, "activation_bytes");
  cost.microseconds = number<double>(node, "microseconds");
  cost.operations = is_operation(node) ? 1 : 0;
  cost.unknown = cost.operations == 1 && node.attributes.count("flops") == 0 ? 1 : 0;
  return cost;
}

std::map<std::string, GraphCost> cost_by_scope(const Graph& graph) {
  std::map<std::string, GraphCost> costs = {{"", GraphCost()}};
  for (const GraphNode& node : graph.nodes) {
    GraphCost cost = cost_of(node);
    if (!graph.modules.empty()) cost.parameters = 0;
    const auto slash = node.name.rfind('/');
    add_to_scopes(costs, node.name.substr(0, slash == std::string::npos ? 0 : slash), cost);
  }
  for (const GraphModule& module : graph.modules) {
    GraphCost cost;
    cost.parameters = module.parameters;
    add_to_scopes(costs, module.scope, cost);
  }
  return costs;
}

}  // namespace suar
