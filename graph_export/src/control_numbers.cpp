#include "control_numbers.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"

namespace suar::graph_export {
namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;
using Values = std::vector<Value*>;

bool is_number(const Value& value) {
  const c10::TypeKind kind = value.type()->kind();
  return kind == c10::TypeKind::BoolType || kind == c10::TypeKind::IntType ||
         kind == c10::TypeKind::FloatType;
}

bool connects_conditions(const Node& node) {
  const bool has_name = node.kind() == c10::aten::__and__ || node.kind() == c10::aten::__or__ ||
                        node.kind() == c10::aten::__xor__ || node.kind() == c10::aten::__not__;
  return has_name && node.output()->type()->kind() == c10::TypeKind::BoolType;
}

/// Finds the numbers that nothing reads but control: what decides of branches and loops, and what
/// computes other numbers of this kind.
class Search {
 public:
  explicit Search(Block& block) {
    collect(block);
    // What a number is for shows behind it, but for what goes from turn to turn.
    for (bool is_done = false; !is_done;) {
      is_done = true;
      for (auto value = candidates_.rbegin(); value != candidates_.rend(); ++value) {
        if (found_.count(*value) == 0 || only_control_reads(**value)) continue;
        found_.erase(*value);
        is_done = false;
      }
    }
  }

  std::unordered_set<const Value*> take() { return std::move(found_); }

 private:
  void collect(Block& block) {
    for (Node* node : block.nodes()) {
      if (node->kind() == c10::prim::Constant) continue;
      for (Block* inner : node->blocks()) {
        for (const Value* input : inner->inputs()) add(*input);
        collect(*inner);
      }
      for (const Value* output : node->outputs()) add(*output);
    }
  }

  void add(const Value& value) {
    if (!is_number(value)) return;
    candidates_.push_back(&value);
    found_.insert(&value);
  }

  bool only_control_reads(const Value& value) const {
    const Node& node = *value.node();
    const Node* owner = node.owningBlock()->owningNode();
    const bool is_of_turn = node.kind() == c10::prim::Param && owner != nullptr;
    // The number of the turn is the loop's own.
    if (is_of_turn && value.offset() > 0 && !has(owner->output(value.offset() - 1))) return false;
    const auto& uses = value.uses();
    return std::all_of(uses.begin(), uses.end(),
                       [&](const auto& use) { return is_control(*use.user, use.offset); });
  }

  bool is_control(const Node& user, std::size_t offset) const {
    if (user.kind() == c10::prim::If) return true;
    if (user.kind() == c10::prim::Loop) return offset < 2 || is_carried(user, offset - 2);
    if (user.kind() == c10::prim::Return) {
      const Node* owner = user.owningBlock()->owningNode();
      if (owner == nullptr) return false;
      if (owner->kind() == c10::prim::If) return has(owner->output(offset));
      return owner->kind() == c10::prim::Loop && (offset == 0 || is_carried(*owner, offset - 1));
    }
    const auto outputs = user.outputs();
    return !outputs.empty() && written_inputs(user).empty() &&
           std::all_of(outputs.begin(), outputs.end(),
                       [&](const Value* output) { return has(output); });
  }

  bool is_carried(const Node& loop, std::size_t index) const {
    return has(loop.output(index)) && has(loop.blocks().front()->inputs()[index + 1]);
  }

  bool has(const Value* value) const { return found_.count(value) != 0; }

  std::vector<const Value*> candidates_;
  std::unordered_set<const Value*> found_;
};

class Dissolver {
 public:
  explicit Dissolver(std::unordered_set<const Value*> numbers) : numbers_(std::move(numbers)) {}

  void dissolve(Block& block) {
    for (auto position = block.nodes().begin(); position != block.nodes().end();) {
      Node* node = *position;
      ++position;
      if (node->kind() == c10::prim::If) {
        dissolve_branch(*node);
      } else if (node->kind() == c10::prim::Loop) {
        dissolve_loop(*node);
      } else if (connects_conditions(*node) && numbers_.count(node->output()) != 0) {
        put_in_place(*node->output(), node->inputs().vec())->insertAfter(node);
      } else if (only_counts(*node)) {
        for (const Value* output : node->outputs()) origins_[output] = {};
      }
    }
  }

 private:
  /// True for what computes numbers of constants and of the turns of loops alone.
  bool only_counts(const Node& node) const {
    const auto inputs = node.inputs();
    const auto outputs = node.outputs();
    return std::all_of(inputs.begin(), inputs.end(),
                       [&](const Value* input) { return follows_from_nothing(*input); }) &&
           std::all_of(outputs.begin(), outputs.end(),
                       [&](const Value* output) { return numbers_.count(output) != 0; });
  }

  bool follows_from_nothing(const Value& value) const {
    const Node& node = *value.node();
    if (node.kind() == c10::prim::Constant) return true;
    const Node* owner = node.owningBlock()->owningNode();
    const bool is_turn = node.kind() == c10::prim::Param && owner != nullptr &&
                         owner->kind() == c10::prim::Loop && value.offset() == 0;
    const auto known = origins_.find(&value);
    return is_turn || (known != origins_.end() && known->second.empty());
  }

  void dissolve_branch(Node& branch) {
    const auto sides = branch.blocks();
    for (Block* side : sides) dissolve(*side);
    for (std::size_t i = branch.outputs().size(); i-- > 0;) {
      if (numbers_.count(branch.output(i)) == 0) continue;
      put_in_place(*branch.output(i),
                   {branch.input(0), sides[0]->outputs()[i], sides[1]->outputs()[i]})
          ->insertAfter(&branch);
      for (Block* side : sides) side->eraseOutput(i);
      branch.eraseOutput(i);
    }
  }

  void dissolve_loop(Node& loop) {
    Block& body = *loop.blocks().front();
    std::vector<std::size_t> carried;
    for (std::size_t i = loop.outputs().size(); i-- > 0;) {
      if (numbers_.count(loop.output(i)) == 0) continue;
      carried.push_back(i);
      body.prependNode(put_in_place(*body.inputs()[i + 1], {loop.input(i + 2)}));
    }
    dissolve(body);
    for (const std::size_t i : carried) {
      put_in_place(*loop.output(i), {loop.input(i + 2), body.outputs()[i + 1]})->insertAfter(&loop);
      body.eraseOutput(i + 1);
      body.eraseInput(i + 1);
      loop.removeInput(i + 2);
      loop.eraseOutput(i);
    }
  }

  /// A tuple of what the value follows from, which is no operation, for all that use the value.
  Node* put_in_place(Value& value, const Values& origins) {
    Values all;
    const auto add = [&](Value* origin) {
      if (follows_from_nothing(*origin)) return;
      if (std::find(all.begin(), all.end(), origin) == all.end()) all.push_back(origin);
    };
    for (Value* origin : origins) {
      const auto known = origins_.find(origin);
      if (known == origins_.end()) {
        add(origin);
      } else {
        for (Value* inner : known->second) add(inner);
      }
    }
    Node* tuple = value.owningGraph()->createTuple(all);
    tuple->setScope(value.node()->scope());
    // What reads it still finds an operation for numbers.
    tuple->output()->setType(value.type());
    value.replaceAllUsesWith(tuple->output());
    origins_[tuple->output()] = std::move(all);
    return tuple;
  }

  std::unordered_set<const Value*> numbers_;
  std::unordered_map<const Value*, Values> origins_;  // of the tuples
};

}  // namespace

void dissolve_control_numbers(Block& block) {
  Dissolver(Search(block).take()).dissolve(block);
}

}  // namespace suar::graph_export
