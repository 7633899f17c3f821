#include <algorithm>

#include <suar/graph.h>

namespace suar {

std::vector<Event> graph_events(const Graph& graph) {
  const double now = wall_time_now();
  std::vector<Event> events = {{now, 0, SerializedGraph{serialize_graph_def(graph)}}};
  const bool has_times =
      std::any_of(graph.nodes.begin(), graph.nodes.end(),
                  [](const GraphNode& node) { return node.attributes.count("microseconds") != 0; });
  if (has_times) events.push_back({now, 0, RunMetadata{"step", serialize_run_metadata(graph)}});
  return events;
}

}  // namespace suar
