#pragma once

#include <unordered_set>

namespace torch::jit {
struct Graph;
struct Node;
}  // namespace torch::jit

namespace suar::graph_export {

/// Nodes that an output of the graph, or a change of an input in place, depends on.
std::unordered_set<const torch::jit::Node*> find_live_nodes(const torch::jit::Graph& graph);

}  // namespace suar::graph_export
