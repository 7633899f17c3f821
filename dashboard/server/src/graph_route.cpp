#include <optional>
#include <variant>

#include <suar/error.h>
#include <suar/event_reader.h>
#include <suar/graph.h>
#include <suar/graph_node_json.h>

#include "find_run.h"
#include "routes.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;

Graph read_graph(const RecordPlace& place) {
  try {
    const auto event = read_event_at(*place.file, place.offset);
    const auto* graph = event ? std::get_if<SerializedGraph>(&event->what) : nullptr;
    if (graph != nullptr) return parse_graph_def(graph->graph_def);
  } catch (const Error& error) {
    throw RequestError(404, std::string("the run's graph cannot be read: ") + error.what());
  }
  throw RequestError(404, "the run's graph is no longer in the event file");
}

}  // namespace

json graph_route(const Store& store, const Parameters& parameters) {
  const auto run = parameters.needed_text("run");
  const auto graph =
      store.read([&](const Catalog& catalog) { return find_run(catalog, run).graph(); });
  if (!graph) throw RequestError(404, "the run \"" + run + "\" has no graph");
  json nodes = json::array();
  for (const GraphNode& node : read_graph(graph->place).nodes) {
    nodes.push_back(graph_node_json<json>(node));
  }
  return {{"version", graph->version}, {"nodes", std::move(nodes)}};
}

}  // namespace suar::dashboard
