#include "script_state.h"

#include <algorithm>

#include <torch/csrc/jit/api/module.h>

namespace suar::graph_export {
namespace {

bool are_same(const std::vector<c10::IValue>& some, const std::vector<c10::IValue>& others) {
  return std::equal(some.begin(), some.end(), others.begin(), others.end(),
                    [](const c10::IValue& a, const c10::IValue& b) { return a.is(b); });
}

std::vector<std::pair<c10::IValue, c10::IValue>> entries_of(
    const c10::Dict<c10::IValue, c10::IValue>& dictionary) {
  std::vector<std::pair<c10::IValue, c10::IValue>> entries;
  for (const auto& entry : dictionary) entries.emplace_back(entry.key(), entry.value());
  return entries;
}

}  // namespace

ScriptState::ScriptState(const torch::jit::Module& module) {
  save_object(module._ivalue());
}

ScriptState::~ScriptState() {
  // It throws only when there is no memory left; a destructor has nobody to tell.
  try {
    restore();
  } catch (...) {
  }
}

void ScriptState::save_object(const c10::intrusive_ptr<c10::ivalue::Object>& object) {
  if (!seen_.insert(object.get()).second) return;
  objects_.emplace_back(object, object->slots());
  for (const c10::IValue& value : object->slots()) {
    if (!value.isTensor()) save_contents(value);
  }
}

void ScriptState::save_contents(const c10::IValue& value) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) tensors_.push_back(value.toTensor());
  } else if (value.isObject()) {
    save_object(value.toObject());
  } else if (value.isTuple()) {
    for (const c10::IValue& element : value.toTupleRef().elements()) save_contents(element);
  } else if (value.isList()) {
    if (!seen_.insert(value.internalToPointer()).second) return;
    const c10::List<c10::IValue> list = value.toList();
    lists_.emplace_back(list, list.vec());
    for (const c10::IValue& element : list.vec()) save_contents(element);
  } else if (value.isGenericDict()) {
    if (!seen_.insert(value.internalToPointer()).second) return;
    const auto dictionary = value.toGenericDict();
    dictionaries_.emplace_back(dictionary, entries_of(dictionary));
    for (const auto& [key, element] : entries_of(dictionary)) save_contents(element);
  }
}

void ScriptState::restore() {
  for (const auto& [object, slots] : objects_) {
    for (std::size_t i = 0; i < slots.size() && i < object->slots().size(); ++i) {
      if (!object->slots()[i].is(slots[i])) object->setSlot(i, slots[i]);
    }
  }
  for (auto& [list, elements] : lists_) {
    if (are_same(list.vec(), elements)) continue;
    list.clear();
    for (const c10::IValue& element : elements) list.push_back(element);
  }
  for (auto& [dictionary, entries] : dictionaries_) {
    const Entries now = entries_of(dictionary);
    const bool is_same = std::equal(
        now.begin(), now.end(), entries.begin(), entries.end(),
        [](const auto& a, const auto& b) { return a.first.is(b.first) && a.second.is(b.second); });
    if (is_same) continue;
    dictionary.clear();
    for (const auto& [key, element] : entries) dictionary.insert(key, element);
  }
}

}  // namespace suar::graph_export
