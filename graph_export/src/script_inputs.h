#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/ivalue.h>

namespace torch::jit {
struct Graph;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// The inputs of a method, with the names that its code gives them. Tuples become inputs of the
/// graph for each of their elements ("x.0"; by field where these have names), and so do lists and
/// dictionaries ("x.left") of tensors in `given`, which are the values of a run for the first of
/// them; of others, those elements that the code looks up, if it does nothing else with them. The
/// code then takes these elements directly, or packs them itself. Numbers that it has no use for
/// are left out.
std::vector<std::pair<const torch::jit::Value*, std::string>> split_inputs(
    torch::jit::Graph& graph, const std::vector<torch::jit::Value*>& inputs,
    const std::vector<c10::IValue>& given);

}  // namespace suar::graph_export
