#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "cost_model.h"

namespace torch::jit {
struct Graph;
struct Node;
}  // namespace torch::jit

namespace suar::graph_export {

struct ScriptRun;

/// What an operation costs in all its turns. Empty where it is not known of one of them.
struct TurnCost {
  std::optional<OperationCost> arithmetic;
  std::optional<int64_t> output_bytes;

  TurnCost& operator+=(const TurnCost& other);
};

/// That of so many turns which are all the same.
TurnCost operator*(TurnCost cost, int64_t times);

/// The cost of the operations whose tensors were not the same in every turn of a loop, turn by
/// turn: their values in the graph only have the sizes that were always the same.
std::unordered_map<const torch::jit::Node*, TurnCost> costs_of_turns(torch::jit::Graph& graph,
                                                                     const ScriptRun& run);

}  // namespace suar::graph_export
