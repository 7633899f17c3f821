#pragma once

#include <string>
#include <unordered_map>

#include <torch/csrc/jit/ir/scope.h>

namespace torch::jit {
struct Block;
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// Notes, in front of the node `behind`, that the module of a scope returns the value: every tensor
/// of it, or of the tuple or dictionary that it is, goes through a cast to its own type, which
/// stays where it is while the code around it is simplified.
void mark_returned(torch::jit::Value& value, torch::jit::Node& behind,
                   const torch::jit::ScopePtr& scope);

/// For each scope the first tensor that its module returned, the last time it was called. Not for
/// one that returned no tensors, or whose results nobody takes.
std::unordered_map<std::string, const torch::jit::Value*> returned_values(torch::jit::Block& block);

}  // namespace suar::graph_export
