#include "script_folding.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/remove_exceptions.h>

#include "live_nodes.h"
#include "script_attributes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;

/// Their analysis of which values may share memory grows with the square of a graph.
constexpr std::size_t kLargestForPasses = 20'000;

void make_constant(Value& value, const c10::IValue& constant) {
  const bool is_changed = std::any_of(value.uses().begin(), value.uses().end(),
                                      [](const auto& use) { return changes_input(*use.user); });
  if (is_changed || !value.hasUses()) return;
  torch::jit::Graph& graph = *value.owningGraph();
  const torch::jit::WithInsertPoint at_begin(*graph.nodes().begin());
  const auto inserted = torch::jit::tryInsertConstant(graph, constant);
  if (inserted) value.replaceAllUsesWith(*inserted);
}

void remove_loop_without_turns(Node& loop) {
  for (std::size_t i = 0; i < loop.outputs().size(); ++i) {
    loop.output(i)->replaceAllUsesWith(loop.input(i + 2));
  }
  loop.destroy();
}

}  // namespace

void splice_branches(Block& block) {
  for_each_node(block, [](Node* node) {
    if (node->kind() != c10::prim::If) return;
    const auto condition = torch::jit::toIValue(node->input(0));
    if (!condition || !condition->isBool()) return;
    Block& side = *node->blocks()[condition->toBool() ? 0 : 1];
    for (auto position = side.nodes().begin(); position != side.nodes().end();) {
      Node* inner = *position;
      ++position;
      inner->moveBefore(node);
    }
    for (std::size_t i = 0; i < node->outputs().size(); ++i) {
      node->output(i)->replaceAllUsesWith(side.outputs()[i]);
    }
    node->destroy();
  });
}

std::unordered_map<const Node*, int64_t> fold_run(torch::jit::Graph& graph, const ScriptRun& run) {
  std::vector<Value*> values(graph.inputs().begin(), graph.inputs().end());
  for_each_node(*graph.block(), [&](Node* node) {
    if (node->kind() == c10::prim::Constant) return;
    for (Value* output : node->outputs()) values.push_back(output);
    for (Block* block : node->blocks()) {
      for (Value* input : block->inputs()) values.push_back(input);
    }
  });
  for (Value* value : values) {
    const auto observed = run.values.find(value);
    if (observed == run.values.end()) continue;
    if (observed->second.type) value->setType(observed->second.type);
    if (observed->second.constant) make_constant(*value, *observed->second.constant);
  }
  splice_branches(*graph.block());

  std::unordered_map<const Node*, int64_t> executions;
  for_each_node(*graph.block(), [&](Node* node) {
    const bool is_loop = node->kind() == c10::prim::Loop;
    if (!is_loop && node->outputs().empty()) return;
    const Value* value = is_loop ? node->blocks().front()->inputs().at(0) : node->output(0);
    const auto observed = run.values.find(value);
    if (observed == run.values.end()) {
      if (is_loop) remove_loop_without_turns(*node);
    } else if (is_loop || observed->second.times != 1) {
      executions[node] = observed->second.times;
    }
  });
  return executions;
}

void simplify(std::shared_ptr<torch::jit::Graph> graph) {
  std::size_t size = 0;
  for_each_node(*graph->block(), [&](const Node*) { ++size; });
  if (size > kLargestForPasses) return;
  torch::jit::EliminateExceptions(graph);
  torch::jit::ConstantPropagation(graph);
  torch::jit::EliminateDeadCode(graph);
}

}  // namespace suar::graph_export
