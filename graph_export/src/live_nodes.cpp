#include "live_nodes.h"

#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"
#include "plumbing.h"

namespace suar::graph_export {
namespace {

using JitNode = torch::jit::Node;
using JitValue = torch::jit::Value;

void append_nodes_of_change(const torch::jit::Block& block, std::vector<const JitNode*>& nodes) {
  for (const JitNode* node : block.nodes()) {
    if (node->kind() == c10::prim::Constant) continue;
    if (changes_input(*node)) nodes.push_back(node);
    for (const torch::jit::Block* inner : node->blocks()) append_nodes_of_change(*inner, nodes);
  }
}

}  // namespace

std::unordered_set<const JitNode*> find_live_nodes(const torch::jit::Graph& graph,
                                                   const std::vector<const JitValue*>& kept) {
  std::vector<const JitNode*> pending;
  for (const JitValue* output : graph.outputs()) pending.push_back(output->node());
  for (const JitValue* value : kept) pending.push_back(value->node());
  append_nodes_of_change(*graph.block(), pending);
  std::unordered_set<const JitNode*> live;
  while (!pending.empty()) {
    const JitNode* node = pending.back();
    pending.pop_back();
    if (!live.insert(node).second || asks_about_value(*node)) continue;
    for (const JitValue* input : node->inputs()) {
      // Constants are most of a graph, and shown where they are used.
      if (input->node()->kind() != c10::prim::Constant) pending.push_back(input->node());
    }
    for (const torch::jit::Block* block : node->blocks()) {
      for (const JitValue* output : block->outputs()) pending.push_back(output->node());
    }
    // What lives in a branch or loop keeps that alive.
    const JitNode* owner = node->owningBlock()->owningNode();
    if (owner != nullptr) pending.push_back(owner);
  }
  return live;
}

}  // namespace suar::graph_export
