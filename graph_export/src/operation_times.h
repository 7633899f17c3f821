#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <vector>

#include "call_log.h"

namespace torch::jit {
struct Node;
}

namespace suar::graph_export {

/// The calls of each operation, as indices in a log.
using CallsOfNodes = std::unordered_map<const torch::jit::Node*, std::vector<std::size_t>>;

/// Runs the model once to warm up and then `runs` times, and returns the median time of each
/// operation in microseconds, with all its turns where it is in a loop. `recorded` are the calls
/// that the run made in which the operations were recorded: a later call is the same when it is the
/// n-th of its operator in both. An operator that is not called as often every time has no times.
std::unordered_map<const torch::jit::Node*, double> measure_operations(
    const CallsOfNodes& calls_of_nodes, const std::vector<OperatorCall>& recorded, int runs,
    const std::function<void()>& run);

}  // namespace suar::graph_export
