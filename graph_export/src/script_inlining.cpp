#include "script_inlining.h"

#include <cstddef>
#include <utility>
#include <vector>

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <suar/error.h>

#include "node_names.h"
#include "returned_values.h"
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
    bool has_futures = false;
    while (inline_forks(*graph->block())) {
      inline_block(*graph->block());
      has_futures = true;
    }
    if (has_futures) drop_futures(*graph->block());
  }

 private:
  /// LibTorch's own pass does not know lists of futures. True where there was something to do.
  bool inline_forks(Block& block) {
    bool found = false;
    for_each_node(block, [&](Node* node) {
      if (node->kind() != c10::prim::fork || !node->hasAttribute(c10::attr::Subgraph)) return;
      found = true;
      const torch::jit::ScopePtr scope = node->scope() ? node->scope() : root_;
      Node* const before = node->prev();
      const torch::jit::WithInsertPoint here(node);
      const auto results = torch::jit::insertGraph(*node->owningGraph(),
                                                   *node->g(c10::attr::Subgraph), node->inputs());
      for (Node* added = before->next(); added != node; added = added->next()) {
        set_scope(*added, scope);
      }
      node->output()->replaceAllUsesWith(results.at(0));
      node->destroy();
    });
    return found;
  }

  /// Where a future was, there is now what was waited for.
  static void drop_futures(Block& block) {
    for_each_node(block, [](Node* node) {
      for (Block* inner : node->blocks()) {
        for (torch::jit::Value* input : inner->inputs()) drop_future(*input);
      }
      for (torch::jit::Value* output : node->outputs()) drop_future(*output);
      if (node->kind() != c10::aten::wait) return;
      node->output()->replaceAllUsesWith(node->input());
      node->destroy();
    });
  }

  static void drop_future(torch::jit::Value& value) { value.setType(without_future(value.type())); }

  static c10::TypePtr without_future(const c10::TypePtr& type) {
    if (const auto future = type->cast<c10::FutureType>()) {
      return without_future(future->getElementType());
    }
    const bool holds_others =
        type->kind() == c10::TypeKind::ListType || type->kind() == c10::TypeKind::TupleType ||
        type->kind() == c10::TypeKind::DictType || type->kind() == c10::TypeKind::OptionalType;
    if (!holds_others) return type;
    std::vector<c10::TypePtr> contained;
    for (const c10::TypePtr& inner : type->containedTypes()) {
      contained.push_back(without_future(inner));
    }
    return type->withContained(std::move(contained));
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

  /// Not a helper of the module: what LibTorch traces calls "forward1" for a second time, what is
  /// overloaded is "forward__0".
  static bool is_forward(const Node& call) {
    return call.kind() == c10::prim::CallMethod && call.s(c10::attr::name).rfind("forward", 0) == 0;
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
    if (is_private || is_forward(call)) return scope;
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
      const bool is_module = is_forward(*node);
      const torch::jit::SourceRange source = node->sourceRange();
      if (node->kind() == c10::prim::CallFunction) node->removeInput(0);
      Node* const before = node->prev();
      Node* const behind = node->next();
      const auto callee = function->graph()->copy();
      const auto results = torch::jit::inlineCallTo(node, function, callee.get());
      node = before->next();
      for (Node* added = node; added != behind; added = added->next()) {
        set_scope(*added, scope);
        take_source_of_call(*added, source);
      }
      if (is_module) mark_returned(*results.at(0), *behind, scope);
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
