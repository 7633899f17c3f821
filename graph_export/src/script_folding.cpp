#include "script_folding.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

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

auto insert_constant(torch::jit::Graph& graph, const c10::IValue& constant) {
  const torch::jit::WithInsertPoint at_begin(*graph.nodes().begin());
  return torch::jit::tryInsertConstant(graph, constant);
}

void make_constant(Value& value, const c10::IValue& constant) {
  if (is_ever_changed(value) || !value.hasUses()) return;
  const auto inserted = insert_constant(*value.owningGraph(), constant);
  if (inserted) value.replaceAllUsesWith(*inserted);
}

/// Tells branches which way they went, and leaves all else that uses the value.
void make_constant_for_branches(Value& value, const c10::IValue& constant) {
  const std::vector<torch::jit::Use> uses = value.uses();
  for (const torch::jit::Use& use : uses) {
    if (use.user->kind() != c10::prim::If) continue;
    const auto inserted = insert_constant(*value.owningGraph(), constant);
    if (inserted) use.user->replaceInput(use.offset, *inserted);
  }
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

/// An output for each element of the tuple or list that the lookup is for; of a list only where an
/// operation returns it that was seen to do so in the run, else null.
Node* unpack(Node& lookup, const ScriptRun& run) {
  Value& list = *lookup.input(0);
  if (list.type()->kind() == c10::TypeKind::TupleType) {
    Node* node = list.owningGraph()->createTupleUnpack(&list);
    node->setScope(lookup.scope());
    return node->insertBefore(&lookup);
  }
  for (const auto& use : list.uses()) {
    if (use.user->kind() == c10::prim::ListUnpack) return use.user;
  }
  const auto observed = run.values.find(&list);
  if (!list.node()->kind().is_aten() || observed == run.values.end()) return nullptr;
  const auto& elements = observed->second.elements;
  Node* node = list.owningGraph()->create(c10::prim::ListUnpack, {&list}, elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) node->output(i)->setType(elements[i]);
  node->setScope(list.node()->scope());
  node->insertAfter(list.node());
  return node;
}

bool is_lookup(const Node& node) {
  const bool has_key =
      node.kind() == c10::aten::__getitem__ || node.kind() == c10::prim::TupleIndex;
  return has_key && node.inputs().size() == 2;
}

/// What the looked-up element is, where that can be told.
Value* find_element(Node& lookup, const ScriptRun& run) {
  Value& list = *lookup.input(0);
  const auto key = torch::jit::toIValue(lookup.inputs()[1]);
  if (!key || is_ever_changed(list)) return nullptr;
  Node* node = list.node();
  if (key->isString() && node->kind() == c10::prim::DictConstruct) {
    for (std::size_t i = node->inputs().size(); i >= 2; i -= 2) {
      const auto known = torch::jit::toIValue(node->input(i - 2));
      if (!known || !known->isString()) return nullptr;
      if (known->toStringRef() == key->toStringRef()) return node->input(i - 1);
    }
  }
  if (!key->isInt()) return nullptr;
  const bool is_packed = is_construct(*node);
  if (!is_packed) node = unpack(lookup, run);
  if (node == nullptr) return nullptr;
  const auto elements = is_packed ? node->inputs() : node->outputs();
  const auto size = static_cast<int64_t>(elements.size());
  const int64_t index = key->toInt() < 0 ? key->toInt() + size : key->toInt();
  return index >= 0 && index < size ? elements[static_cast<std::size_t>(index)] : nullptr;
}

/// Hands on what was packed to who uses the elements that the node unpacks.
void replace_elements(Node& unpack) {
  Value& list = *unpack.input();
  const auto packed = list.node()->inputs();
  const bool is_known = is_construct(*list.node()) && packed.size() == unpack.outputs().size();
  if (!is_known || is_ever_changed(list)) return;
  for (std::size_t i = 0; i < packed.size(); ++i) unpack.output(i)->replaceAllUsesWith(packed[i]);
}

/// Packs into a new list what is appended to it before any other use, as a comprehension over a
/// tuple does.
void pack_appended(Node& list) {
  std::vector<torch::jit::Use> uses = list.output()->uses();
  std::sort(uses.begin(), uses.end(), [](const auto& one, const auto& other) {
    return one.user != other.user && one.user->isBefore(other.user);
  });
  for (const torch::jit::Use& use : uses) {
    Node* append = use.user;
    const bool is_filled = append->kind() == c10::aten::append && use.offset == 0 &&
                           append->owningBlock() == list.owningBlock() &&
                           append->input(1) != list.output() && !append->output()->hasUses();
    if (!is_filled) return;
    list.addInput(append->input(1));
    list.moveAfter(append);
    append->destroy();
  }
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
    const bool asks_for_same = node->kind() == c10::aten::__is__;
    if (!asks_for_same && node->kind() != c10::aten::__isnot__) return;
    if (node->input(0) != node->input(1)) return;
    const torch::jit::WithInsertPoint before(node);
    node->output()->replaceAllUsesWith(node->owningGraph()->insertConstant(asks_for_same));
  });
}

void splice_branches(Block& block) {
  for_each_node(block, [](Node* node) {
    if (node->kind() != c10::prim::If) return;
    const auto condition = torch::jit::toIValue(node->input(0));
    if (condition && condition->isBool()) splice(*node, condition->toBool() ? 0 : 1);
  });
}

void leave_out_errors(Block& block) {
  for_each_node(block, [](Node* node) {
    if (node->kind() != c10::prim::If) return;
    const bool first_throws = throws(*node->blocks()[0]);
    if (first_throws != throws(*node->blocks()[1])) splice(*node, first_throws ? 1 : 0);
  });
}

void resolve_elements(Block& block, const ScriptRun& run) {
  const auto resolve = [&](Node* node) {
    if (is_unpack(*node)) {
      replace_elements(*node);
    } else if (is_lookup(*node)) {
      Value* element = find_element(*node, run);
      if (element == nullptr) return;
      const c10::TypePtr& seen = node->output()->type();
      if (seen->isSubtypeOf(*element->type())) element->setType(seen);
      node->output()->replaceAllUsesWith(element);
    }
  };
  // Tuples first, which never change: whether a list does shows where it is in no tuple any more.
  for_each_node(block, [&](Node* node) {
    const bool is_of_tuple =
        node->kind() == c10::prim::TupleUnpack || node->kind() == c10::prim::TupleIndex;
    if (is_of_tuple) resolve(node);
  });
  for_each_node(block, resolve);
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
  const auto of_contents = numbers_of_contents(*graph.block());
  for (Value* value : values) {
    const auto observed = run.values.find(value);
    if (observed == run.values.end()) continue;
    if (observed->second.type) value->setType(observed->second.type);
    if (!observed->second.constant) continue;
    if (of_contents.count(value) == 0) {
      make_constant(*value, *observed->second.constant);
    } else {
      make_constant_for_branches(*value, *observed->second.constant);
    }
  }
  splice_branches(*graph.block());
  resolve_elements(*graph.block(), run);

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
  std::vector<Node*> lists;
  for_each_node(*graph->block(), [&](Node* node) {
    if (node->kind() == c10::prim::ListConstruct) lists.push_back(node);
  });
  for (Node* list : lists) pack_appended(*list);
  std::size_t size = 0;
  for_each_node(*graph->block(), [&](const Node*) { ++size; });
  if (size > kLargestForPasses) return;
  torch::jit::ConstantPropagation(graph);
  torch::jit::EliminateDeadCode(graph);
}

}  // namespace suar::graph_export
