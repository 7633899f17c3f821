#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model_record.h"

namespace torch::jit {
struct Block;
}

namespace suar::graph_export {

/// Where people see a node.
struct Place {
  std::string scope;   ///< begins its name: "Net/loop/block"
  std::string module;  ///< the scope of the module that ran it, where `scope` is not inside of that
};

/// Where people see each operation: in the scope of the module that ran it and, inside of a branch
/// or a loop, in the scope of that.
class ShownScopes {
 public:
  /// What has no scope in the record, such as what the tracer adds by itself, belongs to where its
  /// inputs come from. Constants have none: they are shown where they are used.
  explicit ShownScopes(const ModelRecord& model);

  Place place_of(const torch::jit::Node& node) const;

  /// All scopes of operations, branches and loops left aside.
  std::unordered_set<std::string_view> all() const;

  /// From now to `leave`, what lies in the scope of `owner`, a branch or a loop, is shown in
  /// `scope`.
  void enter(const torch::jit::Node& owner, const std::string& scope);
  void leave() { inside_.pop_back(); }

 private:
  std::string shown(const std::string& scope) const;
  void find(const torch::jit::Block& block);
  std::string_view inherited(const torch::jit::Node& node) const;

  const ModelRecord& model_;
  std::unordered_map<const torch::jit::Node*, std::string_view> scopes_;
  std::vector<std::pair<std::string, std::string>> inside_;  // original scopes, and those shown
};

}  // namespace suar::graph_export
