#pragma once

#include <string>

#include <suar/graph.h>

namespace suar {

/// The graph as JSON on one line: `{"nodes": [{"name", "op", "device", "inputs", "output_shapes",
/// "attributes", "file", "line"}, ...], "modules": [{"scope", "class_name", "output_shape",
/// "cost"},
/// ...]}`, nodes as the dashboard's `/api/graph` has them. A shape that is not known is `null`, a
/// number that is not finite too; text that is not UTF-8 is mended. A cost is the sum of a module
/// and its parts, see graph_cost.h. In a library of its own, `Suar::graph_json`, which needs
/// nlohmann-json.
std::string graph_json(const Graph& graph);

}  // namespace suar
