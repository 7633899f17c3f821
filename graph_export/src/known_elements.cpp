#include "known_elements.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"
#include "plumbing.h"
#include "script_attributes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;
using Values = std::vector<Value*>;

Node* unpack_of(const Value& list) {
  for (const auto& use : list.uses()) {
    if (use.user->kind() == c10::prim::ListUnpack) return use.user;
  }
  return nullptr;
}

/// An output for each of the `size` elements of a list that an operation returns.
Node* unpack(Value& list, std::size_t size) {
  Node* node = list.owningGraph()->create(c10::prim::ListUnpack, {&list}, size);
  for (Value* element : node->outputs()) element->setType(list.type()->containedType(0));
  node->setScope(list.node()->scope());
  return node->insertAfter(list.node());
}

bool is_list(const Value& value) {
  return value.type()->kind() == c10::TypeKind::ListType;
}

/// The elements of a list that nothing ever changes: of what the code packs or unpacks itself, or
/// of what an operation was seen to return in the run.
std::optional<Values> elements_of(Value& list, const ScriptRun& run) {
  if (is_ever_changed(list)) return std::nullopt;
  Node& node = *list.node();
  if (is_construct(node)) return node.inputs().vec();
  if (!is_list(list)) return std::nullopt;
  if (Node* known = unpack_of(list)) return known->outputs().vec();
  const auto observed = run.values.find(&list);
  if (!node.kind().is_aten() || observed == run.values.end()) return std::nullopt;
  const auto& types = observed->second.elements;
  if (types.empty()) return std::nullopt;
  const auto elements = unpack(list, types.size())->outputs();
  for (std::size_t i = 0; i < types.size(); ++i) elements[i]->setType(types[i]);
  return elements.vec();
}

bool is_lookup(const Node& node) {
  const bool has_key =
      node.kind() == c10::aten::__getitem__ || node.kind() == c10::prim::TupleIndex;
  return has_key && node.inputs().size() == 2;
}

/// The elements of the tuple or list that the lookup is for.
std::optional<Values> elements_for(Node& lookup, const ScriptRun& run) {
  Value& container = *lookup.input(0);
  const bool is_tuple = container.type()->kind() == c10::TypeKind::TupleType;
  if (!is_tuple || is_construct(*container.node())) return elements_of(container, run);
  Node* node = container.owningGraph()->createTupleUnpack(&container);
  node->setScope(lookup.scope());
  return node->insertBefore(&lookup)->outputs().vec();
}

/// What the looked-up element is, where that can be told.
Value* find_element(Node& lookup, const ScriptRun& run) {
  Value& list = *lookup.input(0);
  const auto key = torch::jit::toIValue(lookup.inputs()[1]);
  if (!key || is_ever_changed(list)) return nullptr;
  const Node& node = *list.node();
  if (key->isString() && node.kind() == c10::prim::DictConstruct) {
    for (std::size_t i = node.inputs().size(); i >= 2; i -= 2) {
      const auto known = torch::jit::toIValue(node.input(i - 2));
      if (!known || !known->isString()) return nullptr;
      if (known->toStringRef() == key->toStringRef()) return lookup.input(0)->node()->input(i - 1);
    }
  }
  if (!key->isInt()) return nullptr;
  const auto elements = elements_for(lookup, run);
  if (!elements) return nullptr;
  const auto size = static_cast<int64_t>(elements->size());
  const int64_t index = key->toInt() < 0 ? key->toInt() + size : key->toInt();
  return index >= 0 && index < size ? (*elements)[static_cast<std::size_t>(index)] : nullptr;
}

/// Hands on what was packed to who uses the elements that the node unpacks.
void replace_elements(Node& unpack) {
  Value& list = *unpack.input();
  const auto packed = list.node()->inputs();
  const bool is_known = is_construct(*list.node()) && packed.size() == unpack.outputs().size();
  if (!is_known || is_ever_changed(list)) return;
  for (std::size_t i = 0; i < packed.size(); ++i) unpack.output(i)->replaceAllUsesWith(packed[i]);
}

bool joins_lists(const Node& node) {
  return node.kind() == c10::aten::add && node.inputs().size() == 2 && is_list(*node.input(0)) &&
         is_list(*node.input(1));
}

/// What is left of the elements of both for the one of them that is not known.
std::optional<Values> remaining_elements(Value& list, const Node& sum, std::size_t others) {
  const Node* whole = unpack_of(*sum.output());
  const bool is_known = whole != nullptr && whole->outputs().size() > others &&
                        list.node()->kind().is_aten() && !is_ever_changed(list);
  if (!is_known) return std::nullopt;
  return unpack(list, whole->outputs().size() - others)->outputs().vec();
}

/// Packs the elements of both lists in place of their sum.
void join(Node& sum, const ScriptRun& run) {
  auto first = elements_of(*sum.input(0), run);
  auto second = elements_of(*sum.input(1), run);
  if (first && !second) second = remaining_elements(*sum.input(1), sum, first->size());
  if (second && !first) first = remaining_elements(*sum.input(0), sum, second->size());
  if (!first || !second || is_ever_changed(*sum.output())) return;
  first->insert(first->end(), second->begin(), second->end());
  Node* list = sum.owningGraph()->createList(sum.output()->type()->containedType(0), *first);
  list->setScope(sum.scope());
  sum.output()->replaceAllUsesWith(list->insertBefore(&sum)->output());
}

}  // namespace

void resolve_elements(Block& block, const ScriptRun& run) {
  const auto resolve = [&](Node* node) {
    if (is_unpack(*node)) {
      replace_elements(*node);
    } else if (joins_lists(*node)) {
      join(*node, run);
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

}  // namespace suar::graph_export
