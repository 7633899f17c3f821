#pragma once

#include "graph_nodes.h"
#include "value_edges.h"
#include "value_versions.h"

namespace torch::jit {
struct Graph;
}

namespace suar::graph_export {

/// Adds what the model returns, when all else is there: a node for each tensor, also of those in
/// tuples, lists and dictionaries.
void add_output_nodes(const torch::jit::Graph& graph, ValueVersions& versions, ValueEdges& edges,
                      GraphNodes& nodes);

}  // namespace suar::graph_export
