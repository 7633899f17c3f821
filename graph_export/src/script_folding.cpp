#include "script_folding.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include "filled_containers.h"
#include "known_elements.h"
#include "memory_sharing.h"
#include "plumbing.h"
#include "script_attributes.h"
#include "tensor_reads.h"

namespace suar::graph_export {
namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;

/// Their analysis of which values may share memory grows with the square of a graph.
constexpr std::size_t kLargestForPasses = 20'000;

/// Before the value, where all that uses it comes later. All at the begin of the graph would find
/// no place in LibTorch's order of nodes, which is then numbered anew, again and again.
auto insert_constant(Value& value, const c10::IValue& constant) {
  Node* const node = value.node();
  const bool is_computed = node->kind() != c10::prim::Param;
  const torch::jit::WithInsertPoint before(is_computed ? node
                                                       : *node->owningBlock()->nodes().begin());
  return torch::jit::tryInsertConstant(*value.owningGraph(), constant);
}

void make_constant(Value& value, const c10::IValue& constant) {
  if (is_ever_changed(value) || !value.hasUses()) return;
  const auto inserted = insert_constant(value, constant);
  if (inserted) value.replaceAllUsesWith(*inserted);
}

/// Tells branches which way they went, and leaves all else that uses the value.
void make_constant_for_branches(Value& value, const c10::IValue& constant) {
  const std::vector<torch::jit::Use> uses = value.uses();
  for (const torch::jit::Use& use : uses) {
    if (use.user->kind() != c10::prim::If) continue;
    const auto inserted = insert_constant(value, constant);
    if (inserted) use.user->replaceInput(use.offset, *inserted);
  }
}

std::optional<bool> constant_condition(const Value& value) {
  if (value.type()->kind() != c10::TypeKind::BoolType) return std::nullopt;
  const auto constant = torch::jit::toIValue(&value);
  return constant && constant->isBool() ? std::optional(constant->toBool()) : std::nullopt;
}

/// What "and" or "or" hands on, where one of the two conditions is a constant.
Value* same_condition(Node& node) {
  const bool is_or = node.kind() == c10::aten::__or__;
  if (!is_or && node.kind() != c10::aten::__and__) return nullptr;
  if (node.output()->type()->kind() != c10::TypeKind::BoolType) return nullptr;
  for (const std::size_t i : {0, 1}) {
    const auto known = constant_condition(*node.input(i));
    if (known) return *known == is_or ? node.input(i) : node.input(1 - i);
  }
  return nullptr;
}

/// Whether a value is, or is not, itself.
std::optional<bool> constant_answer(const Node& node) {
  const bool asks_for_same = node.kind() == c10::aten::__is__;
  if (!asks_for_same && node.kind() != c10::aten::__isnot__) return std::nullopt;
  if (node.input(0) != node.input(1)) return std::nullopt;
  return asks_for_same;
}

/// Puts one side of a branch in its place.
void splice(Node& branch, std::size_t taken) {
  Block& side = *branch.blocks()[taken];
  for (auto position = side.nodes().begin(); position != side.nodes().end();) {
    Node* inner = *position;
    ++position;
    inner->moveBefore(&branch);
  }
  for (std::size_t i = 0; i < branch.outputs().size(); ++i) {
    branch.output(i)->replaceAllUsesWith(side.outputs()[i]);
  }
  branch.destroy();
}

/// True where there is no way through the block.
bool throws(const Block& block) {
  return std::any_of(block.nodes().begin(), block.nodes().end(), [](const Node* node) {
    const auto sides = node->blocks();
    return node->kind() == c10::prim::RaiseException ||
           (node->kind() == c10::prim::If && throws(*sides[0]) && throws(*sides[1]));
  });
}

/// A block ran as often as any of the values in it was computed.
std::optional<int64_t> executions_of(Block& block, const ScriptRun& run) {
  const auto times_of = [&](const auto& values) -> std::optional<int64_t> {
    for (const Value* value : values) {
      const auto observed = run.values.find(value);
      if (observed != run.values.end()) return observed->second.times;
    }
    return std::nullopt;
  };
  if (const auto times = times_of(block.inputs())) return times;
  for (Node* node : block.nodes()) {
    if (const auto times = times_of(node->outputs())) return times;
  }
  return std::nullopt;
}

Executions executions_in(torch::jit::Graph& graph, const ScriptRun& run) {
  Executions executions;
  for_each_node(*graph.block(), [&](Node* node) {
    for (Block* block : node->blocks()) {
      if (const auto times = executions_of(*block, run)) executions[block] = *times;
    }
  });
  return executions;
}

void remove_loop_without_turns(Node& loop) {
  for (std::size_t i = 0; i < loop.outputs().size(); ++i) {
    loop.output(i)->replaceAllUsesWith(loop.input(i + 2));
  }
  loop.destroy();
}

}  // namespace

void fold_identities(Block& block) {
  for_each_node(block, [](Node* node) {
    if (node->outputs().size() != 1 || !node->output()->hasUses()) return;
    if (Value* same = same_condition(*node)) {
      node->output()->replaceAllUsesWith(same);
    } else if (const auto answer = constant_answer(*node)) {
      const torch::jit::WithInsertPoint before(node);
      node->output()->replaceAllUsesWith(node->owningGraph()->insertConstant(*answer));
    }
  });
}

void splice_branches(Block& block) {
  for_each_node(block, [](Node* node) {
    if (node->kind() != c10::prim::If) return;
    const auto condition = constant_condition(*node->input(0));
    if (condition) splice(*node, *condition ? 0 : 1);
  });
}

void leave_out_errors(Block& block) {
  for_each_node(block, [](Node* node) {
    if (node->kind() != c10::prim::If) return;
    const bool first_throws = throws(*node->blocks()[0]);
    if (first_throws != throws(*node->blocks()[1])) splice(*node, first_throws ? 1 : 0);
  });
}

Executions fold_run(torch::jit::Graph& graph, const ScriptRun& run) {
  Executions executions = executions_in(graph, run);
  std::vector<Value*> values(graph.inputs().begin(), graph.inputs().end());
  for_each_node(*graph.block(), [&](Node* node) {
    if (node->kind() == c10::prim::Constant) return;
    for (Value* output : node->outputs()) values.push_back(output);
    for (Block* block : node->blocks()) {
      for (Value* input : block->inputs()) values.push_back(input);
    }
  });
  const auto of_contents = numbers_of_contents(*graph.block());
  for (Value* value : values) {
    const auto observed = run.values.find(value);
    if (observed == run.values.end()) continue;
    if (observed->second.type) {
      value->setType(observed->second.type);
    } else if (value->type()->kind() == c10::TypeKind::TensorType) {
      value->setType(c10::TensorType::get()->withUndefined());
    }
    if (!observed->second.constant) continue;
    if (of_contents.count(value) == 0) {
      make_constant(*value, *observed->second.constant);
    } else {
      make_constant_for_branches(*value, *observed->second.constant);
    }
  }
  fold_identities(*graph.block());
  splice_branches(*graph.block());
  resolve_elements(*graph.block(), run);

  for_each_node(*graph.block(), [&](Node* node) {
    if (node->kind() != c10::prim::Loop) return;
    if (executions.count(node->blocks().front()) == 0) remove_loop_without_turns(*node);
  });
  return executions;
}

std::unordered_map<const Value*, c10::TensorTypePtr> list_types(torch::jit::Graph& graph,
                                                                const ScriptRun& run) {
  std::unordered_map<const Value*, c10::TensorTypePtr> types;
  for_each_node(*graph.block(), [&](const Node* node) {
    for (const Value* output : node->outputs()) {
      const auto seen = run.values.find(output);
      if (seen != run.values.end() && seen->second.element) types[output] = seen->second.element;
    }
    // One that was empty has the type of what is put into it.
    for (const std::size_t written : written_inputs(*node)) {
      const auto filled = node->outputs().empty() ? types.end() : types.find(node->output(0));
      if (filled == types.end()) continue;
      const c10::TensorTypePtr type = filled->second;
      types.emplace(node->input(written), type);
    }
  });
  return types;
}

void simplify(std::shared_ptr<torch::jit::Graph> graph) {
  pack_filled(*graph->block());
  std::size_t size = 0;
  for_each_node(*graph->block(), [&](const Node*) { ++size; });
  if (size > kLargestForPasses) return;
  torch::jit::ConstantPropagation(graph);
  torch::jit::EliminateDeadCode(graph);
}

}  // namespace suar::graph_export
