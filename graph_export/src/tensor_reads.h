#pragma once

#include <unordered_set>
#include <vector>

namespace torch::jit {
struct Block;
struct Graph;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// The numbers that the code takes out of the contents of tensors ("float(x)", "x.item()"), and all
/// numbers that follow from them, however far. Not those of parameters and buffers, and not of
/// tensors that only stand for sizes, as in what was traced.
std::unordered_set<const torch::jit::Value*> numbers_of_contents(torch::jit::Block& block);

/// Keeps the numbers that the code takes out of tensors, with all that computes them, while the
/// code around them is simplified: they may decide which way it goes. Of what nothing depends on,
/// such as what only a check asked for that is left out, nothing is kept.
void mark_reads(torch::jit::Graph& graph);

/// Takes the marks away again. Returns the numbers that are still there.
std::vector<const torch::jit::Value*> take_marked_reads(torch::jit::Graph& graph);

}  // namespace suar::graph_export
