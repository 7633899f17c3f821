#include "known_elements.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "container_changes.h"
#include "known_entries.h"
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
  if (is_changed_by_any_name(list)) return std::nullopt;
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
  const auto key = torch::jit::toIValue(lookup.input(1));
  if (!key) return nullptr;
  if (is_dictionary(*lookup.input(0))) return entry_of(*lookup.input(0), *key);
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
  if (!is_known || is_changed_by_any_name(list)) return;
  for (std::size_t i = 0; i < packed.size(); ++i) unpack.output(i)->replaceAllUsesWith(packed[i]);
}

/// Packs these elements in place of the list that the node makes.
void pack_in_place(Node& maker, const Values& elements) {
  Node* list = maker.owningGraph()->create(c10::prim::ListConstruct, elements);
  list->output()->setType(maker.output()->type());
  list->setScope(maker.scope());
  maker.output()->replaceAllUsesWith(list->insertBefore(&maker)->output());
}

bool joins_lists(const Node& node) {
  return node.kind() == c10::aten::add && node.inputs().size() == 2 && is_list(*node.input(0)) &&
         is_list(*node.input(1));
}

/// What is left of the elements of both for the one of them that is not known.
std::optional<Values> remaining_elements(Value& list, const Node& sum, std::size_t others) {
  const Node* whole = unpack_of(*sum.output());
  const bool is_known = whole != nullptr && whole->outputs().size() > others &&
                        list.node()->kind().is_aten() && !is_changed_by_any_name(list);
  if (!is_known) return std::nullopt;
  return unpack(list, whole->outputs().size() - others)->outputs().vec();
}

/// Packs the elements of both lists in place of their sum.
void join(Node& sum, const ScriptRun& run) {
  auto first = elements_of(*sum.input(0), run);
  auto second = elements_of(*sum.input(1), run);
  if (first && !second) second = remaining_elements(*sum.input(1), sum, first->size());
  if (second && !first) first = remaining_elements(*sum.input(0), sum, second->size());
  if (!first || !second || is_changed_by_any_name(*sum.output())) return;
  first->insert(first->end(), second->begin(), second->end());
  pack_in_place(sum, *first);
}

bool is_part_of_list(const Node& node) {
  const bool has_name = node.kind() == c10::aten::slice || node.kind() == c10::aten::list;
  return has_name && !node.inputs().empty() && is_list(*node.input(0));
}

/// Where a slice begins or ends: the constant, counted from the end where negative; `missing` for
/// None.
std::optional<int64_t> bound_of(const Value& bound, int64_t size, int64_t missing) {
  const auto constant = torch::jit::toIValue(&bound);
  if (!constant || (!constant->isInt() && !constant->isNone())) return std::nullopt;
  if (constant->isNone()) return missing;
  const int64_t index = constant->toInt();
  return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size);
}

/// Packs the elements of a slice or a copy of a list in place of it.
void pack_part(Node& part, const ScriptRun& run) {
  const auto elements = elements_of(*part.input(0), run);
  if (!elements) return;
  if (part.kind() == c10::aten::list) return pack_in_place(part, *elements);
  const auto size = static_cast<int64_t>(elements->size());
  const auto begin = bound_of(*part.input(1), size, 0);
  const auto end = bound_of(*part.input(2), size, size);
  const auto step = torch::jit::toIValue(part.input(3));
  if (!begin || !end || !step || !step->isInt() || step->toInt() <= 0) return;
  Values taken;
  for (int64_t i = *begin; i < *end; i += step->toInt()) {
    taken.push_back((*elements)[static_cast<std::size_t>(i)]);
  }
  pack_in_place(part, taken);
}

/// What lies there in a tuple or dictionary that the code packs itself.
Value* inner_element(Value& container, const c10::IValue& key) {
  if (is_dictionary(container)) return entry_of(container, key);
  const auto packed = container.node()->inputs();
  const bool is_known = container.node()->kind() == c10::prim::TupleConstruct && key.isInt() &&
                        key.toInt() >= 0 && key.toInt() < static_cast<int64_t>(packed.size());
  return is_known ? packed[static_cast<std::size_t>(key.toInt())] : nullptr;
}

/// Where a turn of a loop takes one of several tuples or dictionaries and an element of that, takes
/// one of these elements.
void take_inner(Node& node, std::size_t output, const c10::IValue& key, const ScriptRun& run) {
  Node& outer = *node.input(0)->node();
  Value& element = *node.output(output);
  if (!element.hasUses() || !is_lookup(outer) || !is_list(*outer.input(0))) return;
  const auto containers = elements_of(*outer.input(0), run);
  if (!containers || is_changed_by_any_name(*outer.output())) return;
  Values inner;
  for (Value* container : *containers) {
    inner.push_back(inner_element(*container, key));
    if (inner.back() == nullptr) return;
  }
  torch::jit::Graph& graph = *node.owningGraph();
  Node* list = graph.create(c10::prim::ListConstruct, inner);
  list->output()->setType(c10::ListType::create(c10::unshapedType(element.type())));
  list->setScope(outer.scope());
  list->insertBefore(&outer);
  Node* lookup = graph.create(c10::aten::__getitem__, {list->output(), outer.input(1)});
  lookup->output()->setType(element.type());
  lookup->setScope(outer.scope());
  lookup->setSourceRange(outer.sourceRange());
  element.replaceAllUsesWith(lookup->insertAfter(&outer)->output());
}

void replace_lookup(Node& lookup, const ScriptRun& run) {
  if (Value* element = find_element(lookup, run)) {
    const c10::TypePtr& seen = lookup.output()->type();
    if (seen->isSubtypeOf(*element->type())) element->setType(seen);
    lookup.output()->replaceAllUsesWith(element);
  } else if (const auto key = torch::jit::toIValue(lookup.input(1))) {
    take_inner(lookup, 0, *key, run);
  }
}

}  // namespace

void drop_casts_of_packed(Block& block) {
  for_each_node(block, [](Node* node) {
    if (!is_cast(*node)) return;
    Value* const packed = node->input(0);
    const bool is_packed = is_construct(*packed->node()) || is_dictionary(*packed);
    if (is_packed) node->output()->replaceAllUsesWith(packed);
  });
}

void resolve_elements(Block& block, const ScriptRun& run) {
  const auto resolve = [&](Node* node) {
    if (is_unpack(*node)) {
      replace_elements(*node);
      for (std::size_t i = 0; i < node->outputs().size(); ++i) {
        take_inner(*node, i, static_cast<int64_t>(i), run);
      }
    } else if (joins_lists(*node)) {
      join(*node, run);
    } else if (is_part_of_list(*node)) {
      pack_part(*node, run);
    } else if (is_lookup(*node)) {
      replace_lookup(*node, run);
    } else if (!node->inputs().empty() && is_dictionary(*node->input(0))) {
      resolve_question(*node);
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
