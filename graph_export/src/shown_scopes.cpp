#include "shown_scopes.h"

#include <torch/csrc/jit/ir/ir.h>

namespace suar::graph_export {

using JitNode = torch::jit::Node;

ShownScopes::ShownScopes(const ModelRecord& model) : model_(model) {
  find(*model.graph->block());
}

void ShownScopes::find(const torch::jit::Block& block) {
  for (const JitNode* node : block.nodes()) {
    if (node->kind() == c10::prim::Constant) continue;
    const auto known = model_.scopes.find(node);
    scopes_.emplace(node, known != model_.scopes.end() ? known->second : inherited(*node));
    for (const torch::jit::Block* inner : node->blocks()) find(*inner);
  }
}

std::string_view ShownScopes::inherited(const JitNode& node) const {
  for (const torch::jit::Value* input : node.inputs()) {
    const auto producer = scopes_.find(input->node());
    if (producer != scopes_.end()) return producer->second;
  }
  return model_.modules.front().scope;
}

std::string ShownScopes::shown(const JitNode& node) const {
  std::string scope(scopes_.at(&node));
  for (auto outer = inside_.rbegin(); outer != inside_.rend(); ++outer) {
    const auto& [original, shown] = *outer;
    if (scope == original) return shown;
    if (scope.compare(0, original.size() + 1, original + "/") == 0) {
      return shown + scope.substr(original.size());
    }
  }
  return scope;
}

std::unordered_set<std::string_view> ShownScopes::all() const {
  std::unordered_set<std::string_view> all;
  for (const auto& [node, scope] : scopes_) all.insert(scope);
  return all;
}

void ShownScopes::enter(const JitNode& owner, const std::string& scope) {
  inside_.emplace_back(scopes_.at(&owner), scope);
}

}  // namespace suar::graph_export
