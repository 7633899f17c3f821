#pragma once

#include <memory>
#include <unordered_map>

#include "model_record.h"
#include "script_run.h"

namespace torch::jit {
struct Block;
struct Graph;
struct Node;
}  // namespace torch::jit

namespace suar::graph_export {

/// Answers where the code asks whether a value is itself, as attention does of its inputs, and
/// takes the other side of "and" and "or" where one is a constant.
void fold_identities(torch::jit::Block& block);

/// Puts the side of a branch that runs in place of the branch, where the condition is a constant.
void splice_branches(torch::jit::Block& block);

/// Puts in place of a branch of which one side only throws the other side.
void leave_out_errors(torch::jit::Block& block);

/// Simplifies the code to what a run did: values get the types of the tensors that were seen,
/// numbers that never changed become constants, but for those that the code took out of tensors,
/// branches of which one side ran become that side,
/// loops that had no turn vanish, elements of lists whose place is known are taken directly.
/// Returns how often the blocks of branches and loops ran.
Executions fold_run(torch::jit::Graph& graph, const ScriptRun& run);

/// What all tensors have in common that the run saw in a list, for the lists of the graph. In the
/// graph itself such a type would hide from LibTorch which operation it is that takes the list.
std::unordered_map<const torch::jit::Value*, c10::TensorTypePtr> list_types(
    torch::jit::Graph& graph, const ScriptRun& run);

/// Packs containers at once that are first filled piece by piece. Then LibTorch's own passes:
/// computes what is constant, removes what has no use; these are left out for a very large graph,
/// for which they may take all memory.
void simplify(std::shared_ptr<torch::jit::Graph> graph);

}  // namespace suar::graph_export
