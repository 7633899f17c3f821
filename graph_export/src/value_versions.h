#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "script_attributes.h"

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// Which operation made what a value holds now. That is the one that computed it, until another
/// changes its memory: through the value itself, through a view of it, or through what it is a view
/// of. Attributes of a model that its code sets have versions too.
///
/// The operations are told in the order in which they run. What a branch or a loop changes is
/// merged by whoever tells of its sides, with `state` and `set_state`.
class ValueVersions {
 public:
  /// What an attribute holds: a value, or the output of a node ("Net/if/select:1").
  using Content = std::variant<const torch::jit::Value*, std::string>;

  struct Change {
    std::string edge;  ///< the output of a node that holds the result
    const torch::jit::Value* through = nullptr;
    int64_t time = 0;
  };

  /// What operations may change: by the value whose own memory it is, and by attribute.
  struct State {
    std::unordered_map<const torch::jit::Value*, Change> changes;
    std::map<AttributePath, Content> attributes;
  };

  /// The value is but another name, as in a loop for what it was given.
  void set_same(const torch::jit::Value& value, const torch::jit::Value& original);

  /// What the value is another name for: also an element that is unpacked of what was packed, and
  /// what only has its type cast.
  const torch::jit::Value& original_of(const torch::jit::Value& value) const;

  /// The operation has run. Before it, `change` for what it changes.
  void computed(const torch::jit::Node& node);

  /// The value's memory has changed; who reads it now reads `edge`.
  void change(const torch::jit::Value& value, std::string edge);

  /// The last change of the value's memory since it was computed; null where there is none.
  const Change* change_of(const torch::jit::Value& value);

  /// True where the change went through another view, so that the value shows which part of the
  /// memory is read.
  bool is_other_view(const torch::jit::Value& value, const Change& change) const;

  const State& state() const { return state_; }
  void set_state(State state) { state_ = std::move(state); }
  void set_attribute(const AttributePath& path, Content content);

  /// The values and attributes that are not the same in both, those left out that only exist inside
  /// of `owner`, a branch or a loop.
  struct Difference {
    std::vector<const torch::jit::Value*> values;
    std::vector<AttributePath> attributes;
  };
  static void append_difference(const State& before, const State& after,
                                const torch::jit::Node& owner, Difference& difference);

 private:
  /// What was packed into the list or tuple that the value is unpacked of, if that never changes;
  /// null for other values.
  const torch::jit::Value* packed_element(const torch::jit::Value& value) const;
  /// The value that the memory was computed for.
  const torch::jit::Value& memory_of(const torch::jit::Value& value);
  const torch::jit::Value* viewed_by(const torch::jit::Value& value) const;

  State state_;
  int64_t time_ = 0;
  std::unordered_map<const torch::jit::Node*, int64_t> times_;  // when it ran
  std::unordered_map<const torch::jit::Value*, const torch::jit::Value*> same_;
  std::unordered_map<const torch::jit::Value*, const torch::jit::Value*> memories_;
};

}  // namespace suar::graph_export
