#include "value_versions.h"

#include <algorithm>
#include <utility>

#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"
#include "plumbing.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

bool is_inside(const Value& value, const Node& owner) {
  for (const Node* node = value.node(); node != nullptr; node = node->owningBlock()->owningNode()) {
    if (node == &owner) return true;
  }
  return false;
}

}  // namespace

void ValueVersions::set_same(const Value& value, const Value& original) {
  same_[&value] = &original;
}

const Value& ValueVersions::original_of(const Value& value) const {
  const Value* original = &value;
  while (true) {
    const Node& node = *original->node();
    if (const auto same = same_.find(original); same != same_.end()) {
      original = same->second;
    } else if (const Value* element = packed_element(*original)) {
      original = element;
    } else if (is_cast(node)) {
      original = node.input(0);
    } else {
      return *original;
    }
  }
}

const Value* ValueVersions::packed_element(const Value& value) const {
  if (!is_unpack(*value.node())) return nullptr;
  const Value& given = *value.node()->input();
  const Value& list = original_of(given);
  const auto packed = list.node()->inputs();
  const bool is_known = is_construct(*list.node()) && value.offset() < packed.size();
  const bool is_changed = is_ever_changed(given) || is_ever_changed(list);
  return is_known && !is_changed ? packed[value.offset()] : nullptr;
}

void ValueVersions::computed(const Node& node) {
  times_[&node] = ++time_;
  // Looked up now, the chain of operations in place that ends here is never followed far.
  for (const Value* output : node.outputs()) memory_of(*output);
}

void ValueVersions::change(const Value& value, std::string edge) {
  const Value& through = original_of(value);
  state_.changes[&memory_of(through)] = {std::move(edge), &through, ++time_};
}

const ValueVersions::Change* ValueVersions::change_of(const Value& value) {
  const auto change = state_.changes.find(&memory_of(value));
  if (change == state_.changes.end()) return nullptr;
  // An unpacked element is as old as its list.
  const Value* computed = &original_of(value);
  while (is_unpack(*computed->node())) computed = &original_of(*computed->node()->input());
  const auto time = times_.find(computed->node());
  const bool is_newer = time != times_.end() && time->second > change->second.time;
  return is_newer ? nullptr : &change->second;
}

bool ValueVersions::is_other_view(const Value& value, const Change& change) const {
  const Value* const read = &original_of(value);
  if (viewed_by(*read) == nullptr) return false;
  for (const Value* view = change.through; view != nullptr; view = viewed_by(*view)) {
    if (view == read) return false;
  }
  return true;
}

void ValueVersions::set_attribute(const AttributePath& path, Content content) {
  state_.attributes[path] = std::move(content);
}

void ValueVersions::append_difference(const State& before, const State& after, const Node& owner,
                                      Difference& difference) {
  const auto append = [](auto& list, const auto& element) {
    if (std::find(list.begin(), list.end(), element) == list.end()) list.push_back(element);
  };
  std::vector<std::pair<int64_t, const Value*>> changed;
  for (const auto& [memory, change] : after.changes) {
    const auto old = before.changes.find(memory);
    const bool is_same = old != before.changes.end() && old->second.time == change.time;
    if (!is_same && !is_inside(*memory, owner)) changed.emplace_back(change.time, memory);
  }
  std::sort(changed.begin(), changed.end());  // graphs come out the same every time
  for (const auto& [time, memory] : changed) append(difference.values, memory);
  for (const auto& [path, content] : after.attributes) {
    const auto old = before.attributes.find(path);
    if (old == before.attributes.end() || old->second != content) {
      append(difference.attributes, path);
    }
  }
}

const Value* ValueVersions::viewed_by(const Value& value) const {
  const Node& node = *value.node();
  if (is_unpack(node)) return &original_of(*node.input());
  const auto shared = input_shared_by(node, value.offset());
  return shared ? &original_of(*node.input(*shared)) : nullptr;
}

const Value& ValueVersions::memory_of(const Value& value) {
  const Value& own = original_of(value);
  if (const auto known = memories_.find(&own); known != memories_.end()) return *known->second;
  const Value* const viewed = viewed_by(own);
  const Value& memory = viewed == nullptr ? own : memory_of(*viewed);
  memories_[&own] = &memory;
  return memory;
}

}  // namespace suar::graph_export
