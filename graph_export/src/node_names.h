#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

namespace suar::graph_export {

/// `text` with everything that TensorBoard would read as syntax (':', '^', '/', ...) replaced.
std::string name_part(const std::string& text);

/// Gives unique names, of which none is also a scope.
class NodeNames {
 public:
  /// Names `scope` and its parents as scopes. Call it for all scopes before the first `unique`.
  void reserve_scope(const std::string& scope);

  /// "scope/leaf", or "scope/leaf_1", "scope/leaf_2", ... where that is taken.
  std::string unique(const std::string& scope, const std::string& leaf);

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> next_number_;
};

}  // namespace suar::graph_export
