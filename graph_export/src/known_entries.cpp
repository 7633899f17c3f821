#include "known_entries.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "container_changes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

struct Entry {
  c10::IValue key;
  Value* key_value;
  Value* value;
};
using Entries = std::vector<Entry>;

/// The last of the key, which holds.
const Entry* find(const Entries& entries, const c10::IValue& key) {
  const auto found = std::find_if(entries.rbegin(), entries.rend(), [&](const Entry& entry) {
    return c10::_fastEqualsForContainer(entry.key, key);
  });
  return found == entries.rend() ? nullptr : &*found;
}

std::optional<Entries> entries_of(Value& dictionary) {
  if (!is_dictionary(dictionary) || is_changed_by_any_name(dictionary)) return std::nullopt;
  Entries entries;
  const auto inputs = dictionary.node()->inputs();
  for (std::size_t i = 0; i + 1 < inputs.size(); i += 2) {
    auto key = torch::jit::toIValue(inputs[i]);
    if (!key) return std::nullopt;
    entries.push_back({std::move(*key), inputs[i], inputs[i + 1]});
  }
  return entries;
}

/// What `get` returns: the default, or None, where there is no such key.
Value* entry_or_default(Node& get, const Entries& entries) {
  const auto key = torch::jit::toIValue(get.input(1));
  if (!key) return nullptr;
  if (const Entry* entry = find(entries, *key)) return entry->value;
  if (get.inputs().size() > 2) return get.input(2);
  const torch::jit::WithInsertPoint before(&get);
  return get.owningGraph()->insertConstant(c10::IValue());
}

/// A list of what `choose` makes of the entries, of the type that the node returns.
template <typename Choose>
Value* pack(Node& question, const Entries& entries, Choose choose) {
  torch::jit::Graph& graph = *question.owningGraph();
  Node* list = graph.create(c10::prim::ListConstruct);
  for (const Entry& entry : entries) {
    if (find(entries, entry.key) == &entry) list->addInput(choose(entry));
  }
  list->output()->setType(question.output()->type());
  list->setScope(question.scope());
  return list->insertBefore(&question)->output();
}

Value* answer(Node& question, const Entries& entries) {
  const std::string_view name = question.kind().toUnqualString();
  if (name == "get") return entry_or_default(question, entries);
  if (name == "keys") {
    return pack(question, entries, [](const Entry& entry) { return entry.key_value; });
  }
  if (name == "values") {
    return pack(question, entries, [](const Entry& entry) { return entry.value; });
  }
  if (name == "items") {
    return pack(question, entries, [&](const Entry& entry) {
      Node* pair = question.owningGraph()->createTuple({entry.key_value, entry.value});
      pair->setScope(question.scope());
      return pair->insertBefore(&question)->output();
    });
  }
  if (name != "__contains__") return nullptr;
  const auto key = torch::jit::toIValue(question.input(1));
  if (!key) return nullptr;
  const torch::jit::WithInsertPoint before(&question);
  return question.owningGraph()->insertConstant(find(entries, *key) != nullptr);
}

}  // namespace

bool is_dictionary(const Value& value) {
  return value.node()->kind() == c10::prim::DictConstruct;
}

Value* entry_of(Value& dictionary, const c10::IValue& key) {
  const auto entries = entries_of(dictionary);
  const Entry* entry = entries ? find(*entries, key) : nullptr;
  return entry == nullptr ? nullptr : entry->value;
}

void resolve_question(Node& question) {
  if (!question.kind().is_aten() || question.outputs().size() != 1) return;
  const auto entries = entries_of(*question.input(0));
  if (!entries) return;
  if (Value* known = answer(question, *entries)) question.output()->replaceAllUsesWith(known);
}

}  // namespace suar::graph_export
