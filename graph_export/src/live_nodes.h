#pragma once

#include <unordered_set>
#include <vector>

namespace torch::jit {
struct Graph;
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// Nodes that an output of the graph, a change of an input in place, or one of the values `kept`
/// depends on.
std::unordered_set<const torch::jit::Node*> find_live_nodes(
    const torch::jit::Graph& graph, const std::vector<const torch::jit::Value*>& kept);

}  // namespace suar::graph_export
