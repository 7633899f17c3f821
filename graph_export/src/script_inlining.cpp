#include "script_inlining.h"

#include <cstddef>

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inline_fork_wait.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <suar/error.h>

#include "node_names.h"
#include "script_attributes.h"
#include "script_sources.h"

namespace suar::graph_export {
namespace {

using torch::jit::Block;
using torch::jit::Node;

/// A graph of this size says nothing to people; a damaged file may hold calls without an end.
constexpr std::size_t kLargestGraph = 500'000;

class Inliner {
 public:
  explicit Inliner(const std::string& root)
      : root_(c10::make_intrusive<torch::jit::Scope>()->push(c10::Symbol::scope(root))) {}

  void run(const std::shared_ptr<torch::jit::Graph>& graph) {
    set_scope(*graph->block(), root_);
    inline_block(*graph->block());
    // What was forked calls methods in its turn.
    while (has_fork(*graph->block())) {
      torch::jit::InlineForkWait(graph);
      inline_block(*graph->block());
    }
  }

 private:
  static bool has_fork(Block& block) {
    bool found = false;
    for_each_node(block, [&](const Node* node) {
      found = found || (node->kind() == c10::prim::fork && node->hasAttribute(c10::attr::Subgraph));
    });
    return found;
  }

  void set_scope(Node& node, const torch::jit::ScopePtr& scope) {
    node.setScope(scope);
    for (Block* block : node.blocks()) set_scope(*block, scope);
    if (++size_ > kLargestGraph) {
      throw Error("expected a model of at most " + std::to_string(kLargestGraph) +
                  " operations, found more: functions that call each other without an end?");
    }
  }

  void set_scope(Block& block, const torch::jit::ScopePtr& scope) {
    for (Node* node : block.nodes()) set_scope(*node, scope);
  }

  torch::jit::ScopePtr scope_of_call(Node& call) const {
    const torch::jit::ScopePtr here = call.scope() ? call.scope() : root_;
    if (call.kind() != c10::prim::CallMethod) return here;
    const auto path = attribute_path(*call.input(0));
    if (!path) return here;
    torch::jit::ScopePtr scope = root_;
    for (const std::string& name : *path) {
      scope = scope->push(c10::Symbol::scope(name_part(name)));
    }
    const std::string& method = call.s(c10::attr::name);
    const bool is_private = !method.empty() && method.front() == '_';
    if (is_private || method.rfind("forward", 0) == 0) return scope;
    return scope->push(c10::Symbol::scope(name_part(method)));
  }

  void inline_block(Block& block) {
    Node* node = *block.nodes().begin();
    while (node != block.return_node()) {
      for (Block* inner : node->blocks()) inline_block(*inner);
      const bool is_call =
          node->kind() == c10::prim::CallMethod || node->kind() == c10::prim::CallFunction;
      torch::jit::GraphFunction* function =
          is_call ? torch::jit::tryToGraphFunction(node) : nullptr;
      if (function == nullptr) {
        node = node->next();
        continue;
      }
      const torch::jit::ScopePtr scope = scope_of_call(*node);
      const torch::jit::SourceRange source = node->sourceRange();
      if (node->kind() == c10::prim::CallFunction) node->removeInput(0);
      Node* const before = node->prev();
      Node* const behind = node->next();
      const auto callee = function->graph()->copy();
      torch::jit::inlineCallTo(node, function, callee.get());
      node = before->next();
      for (Node* added = node; added != behind; added = added->next()) {
        set_scope(*added, scope);
        take_source_of_call(*added, source);
      }
    }
  }

  torch::jit::ScopePtr root_;
  std::size_t size_ = 0;
};

}  // namespace

void inline_calls(const std::shared_ptr<torch::jit::Graph>& graph, const std::string& root) {
  Inliner(root).run(graph);
}

}  // namespace suar::graph_export
