#include <nlohmann/json.hpp>
#include <utility>

#include <suar/graph_cost.h>
#include <suar/graph_json.h>
#include <suar/graph_node_json.h>

namespace suar {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const GraphCost& cost) {
  return {{"parameters", cost.parameters},
          {"trainable_parameters", cost.trainable_parameters},
          {"constants", cost.constants},
          {"macs", cost.macs},
          {"flops", cost.flops},
          {"activation_bytes", cost.activation_bytes},
          {"parameter_bytes", cost.parameter_bytes},
          {"buffer_bytes", cost.buffer_bytes},
          {"constant_bytes", cost.constant_bytes},
          {"input_bytes", cost.input_bytes},
          {"microseconds", cost.microseconds},
          {"operations", cost.operations},
          {"unknown", cost.unknown}};
}

}  // namespace

std::string graph_json(const Graph& graph) {
  const auto costs = cost_by_scope(graph);
  ordered_json nodes = ordered_json::array();
  for (const GraphNode& node : graph.nodes) {
    nodes.push_back(graph_node_json<ordered_json>(node));
  }
  ordered_json modules = ordered_json::array();
  for (const GraphModule& module : graph.modules) {
    modules.push_back({{"scope", module.scope},
                       {"class_name", module.class_name},
                       {"output_shape", module.output_shape ? ordered_json(*module.output_shape)
                                                            : ordered_json(nullptr)},
                       {"cost", json_of(costs.at(module.scope))}});
  }
  const ordered_json json = {{"nodes", std::move(nodes)}, {"modules", std::move(modules)}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace suar
