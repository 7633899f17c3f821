#include <nlohmann/json.hpp>

#include <suar/graph_cost.h>
#include <suar/graph_json.h>

namespace suar {
namespace {

using nlohmann::json;

json describe(const GraphNode& node) {
  json shapes = json::array();
  for (const auto& shape : node.output_shapes) {
    shapes.push_back(shape ? json(*shape) : json(nullptr));
  }
  json attributes = json::object();
  for (const auto& [name, attribute] : node.attributes) {
    attributes[name] = std::visit([](const auto& value) { return json(value); }, attribute);
  }
  return {{"name", node.name},
          {"op", node.op},
          {"device", node.device},
          {"inputs", node.inputs},
          {"output_shapes", std::move(shapes)},
          {"attributes", std::move(attributes)}};
}

json describe(const GraphCost& cost) {
  return {{"parameters", cost.parameters},
          {"macs", cost.macs},
          {"flops", cost.flops},
          {"activation_bytes", cost.activation_bytes},
          {"microseconds", cost.microseconds},
          {"operations", cost.operations},
          {"unknown", cost.unknown}};
}

}  // namespace

std::string graph_json(const Graph& graph) {
  json nodes = json::array();
  for (const GraphNode& node : graph.nodes) nodes.push_back(describe(node));
  json modules = json::array();
  const auto costs = cost_by_scope(graph);
  for (const GraphModule& module : graph.modules) {
    modules.push_back({{"scope", module.scope},
                       {"class_name", module.class_name},
                       {"cost", describe(costs.at(module.scope))}});
  }
  const json document = {{"nodes", std::move(nodes)}, {"modules", std::move(modules)}};
  return document.dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
}

}  // namespace suar
