#include "filled_containers.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "script_attributes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

std::vector<torch::jit::Use> uses_in_order(const Value& container) {
  std::vector<torch::jit::Use> uses = container.uses();
  std::sort(uses.begin(), uses.end(), [](const auto& one, const auto& other) {
    return one.user != other.user && one.user->isBefore(other.user);
  });
  return uses;
}

/// Packs into a new list what is appended to it before any other use.
void pack_appended(Node& list) {
  for (const torch::jit::Use& use : uses_in_order(*list.output())) {
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

/// Where a new dictionary holds the value for a key; its size where it does not. Empty where that
/// cannot be told.
std::optional<std::size_t> position_of(const Node& dictionary, const Value& key) {
  const auto searched = torch::jit::toIValue(&key);
  if (!searched) return std::nullopt;
  std::size_t position = dictionary.inputs().size();
  for (std::size_t i = 0; i + 1 < dictionary.inputs().size(); i += 2) {
    const auto known = torch::jit::toIValue(dictionary.input(i));
    if (!known) return std::nullopt;
    if (c10::_fastEqualsForContainer(*known, *searched)) position = i + 1;
  }
  return position;
}

/// Packs into a new dictionary what it is given before any other use, but to look up what it was
/// given already.
void pack_set(Node& dictionary) {
  for (const torch::jit::Use& use : uses_in_order(*dictionary.output())) {
    Node* user = use.user;
    const bool sets = user->kind() == c10::aten::_set_item;
    const bool looks_up = user->kind() == c10::aten::__getitem__;
    const bool is_in_line = use.offset == 0 && user->owningBlock() == dictionary.owningBlock();
    if ((!sets && !looks_up) || !is_in_line) return;
    const auto position = position_of(dictionary, *user->input(1));
    if (!position) return;
    const bool has_key = *position < dictionary.inputs().size();
    if (looks_up) {
      if (!has_key) return;
      user->output()->replaceAllUsesWith(dictionary.input(*position));
      continue;
    }
    Value* const value = user->input(2);
    if (value == dictionary.output()) return;
    if (has_key) {
      dictionary.replaceInput(*position, value);
    } else {
      dictionary.addInput(user->input(1));
      dictionary.addInput(value);
    }
    dictionary.moveAfter(user);
    user->destroy();
  }
}

}  // namespace

void pack_filled(torch::jit::Block& block) {
  std::vector<Node*> lists;
  std::vector<Node*> dictionaries;
  for_each_node(block, [&](Node* node) {
    if (node->kind() == c10::prim::ListConstruct) lists.push_back(node);
    if (node->kind() == c10::prim::DictConstruct) dictionaries.push_back(node);
  });
  for (Node* list : lists) pack_appended(*list);
  for (Node* dictionary : dictionaries) pack_set(*dictionary);
}

}  // namespace suar::graph_export
