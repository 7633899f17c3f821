#include "live_nodes.h"

#include <string_view>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

namespace suar::graph_export {

bool is_in_place(const torch::jit::Node& node) {
  const std::string_view name = node.kind().toUnqualString();
  const bool is_dunder = name.size() >= 2 && name.substr(name.size() - 2) == "__";
  return !name.empty() && name.back() == '_' && !is_dunder;
}

std::unordered_set<const torch::jit::Node*> find_live_nodes(const torch::jit::Graph& graph) {
  std::vector<const torch::jit::Node*> pending;
  for (const torch::jit::Value* output : graph.outputs()) pending.push_back(output->node());
  for (const torch::jit::Node* node : graph.nodes()) {
    if (is_in_place(*node)) pending.push_back(node);
  }
  std::unordered_set<const torch::jit::Node*> live;
  while (!pending.empty()) {
    const torch::jit::Node* node = pending.back();
    pending.pop_back();
    if (!live.insert(node).second) continue;
    for (const torch::jit::Value* input : node->inputs()) pending.push_back(input->node());
  }
  return live;
}

}  // namespace suar::graph_export
