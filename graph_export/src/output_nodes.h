#pragma once

#include "graph_nodes.h"
#include "source_nodes.h"
#include "value_edges.h"
#include "value_versions.h"

namespace torch::jit {
struct Graph;
}

namespace suar::graph_export {

/// Adds what the model returns, when all else is there: a node for each tensor and each number that
/// is computed from tensors, also of those in tuples, lists and dictionaries. They are called "y",
/// those in dictionaries by their keys: "output/boxes", "output/scores.left".
void add_output_nodes(const torch::jit::Graph& graph, ValueVersions& versions, ValueEdges& edges,
                      SourceNodes& sources, GraphNodes& nodes);

}  // namespace suar::graph_export
