#include "unconditional_results.h"

#include <cstddef>

#include <torch/csrc/jit/ir/ir.h>

namespace suar::graph_export {
namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;

bool is_nothing(const Value& value) {
  return value.node()->kind() == c10::prim::Uninitialized;
}

/// Null where it depends on the condition.
Value* unconditional_result(Value& one, Value& other) {
  if (&one == &other || is_nothing(other)) return &one;
  return is_nothing(one) ? &other : nullptr;
}

void take_results(Node& branch) {
  const auto sides = branch.blocks();
  for (std::size_t i = branch.outputs().size(); i-- > 0;) {
    Value* const result = unconditional_result(*sides[0]->outputs()[i], *sides[1]->outputs()[i]);
    if (result == nullptr) continue;
    branch.output(i)->replaceAllUsesWith(result);
    for (Block* side : sides) side->eraseOutput(i);
    branch.eraseOutput(i);
  }
}

}  // namespace

void take_unconditional_results(Block& block) {
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) take_unconditional_results(*inner);
    if (node->kind() == c10::prim::If) take_results(*node);
  }
}

}  // namespace suar::graph_export
