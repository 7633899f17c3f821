#include "shown_scopes.h"

#include <torch/csrc/jit/ir/ir.h>

namespace suar::graph_export {

namespace {

using JitNode = torch::jit::Node;

/// True also for the scope itself.
bool is_inside(const std::string& scope, const std::string& outer) {
  return scope.compare(0, outer.size(), outer) == 0 &&
         (scope.size() == outer.size() || scope[outer.size()] == '/');
}

}  // namespace

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

Place ShownScopes::place_of(const JitNode& node) const {
  std::string scope(scopes_.at(&node));
  std::string seen = shown(scope);
  if (is_inside(seen, scope)) scope.clear();
  return {std::move(seen), std::move(scope)};
}

std::string ShownScopes::shown(const std::string& scope) const {
  for (auto outer = inside_.rbegin(); outer != inside_.rend(); ++outer) {
    const auto& [original, shown] = *outer;
    if (is_inside(scope, original)) return shown + scope.substr(original.size());
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
