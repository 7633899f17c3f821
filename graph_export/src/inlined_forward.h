#pragma once

#include <cstddef>
#include <vector>

#include "invocation_path.h"
#include "module_registry.h"
#include "scope_position.h"

namespace suar::graph_export {

/// The operations [begin, end) that ran in one invocation of a function.
struct FunctionRun {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t level = 0;   ///< of the function on their invocation paths
  ModuleIndex module = 0;  ///< in whose scope the function ran
};

/// Finds the operations of modules whose forward() the compiler put into its caller, by the modules
/// that ran around them. Works on what is in the scope of the caller so far.
class InlinedForward {
 public:
  /// `has_frame` tells for each module whether a function of it was seen on a call stack: then its
  /// operations are known.
  InlinedForward(const ModuleRegistry& registry, const InvocationPaths& paths,
                 const std::vector<bool>& has_frame)
      : registry_(registry), paths_(paths), has_frame_(has_frame) {}

  void place(const FunctionRun& run, std::vector<ScopePosition>& positions) const;

 private:
  void place_in_turns_of_loops(const FunctionRun& run, std::vector<ScopePosition>& positions) const;
  void place_between(const FunctionRun& run, std::vector<ScopePosition>& positions) const;
  bool is_loose(const ScopePosition& position, const FunctionRun& run) const;
  bool may_be_inlined(ModuleIndex module, const FunctionRun& run) const;

  const ModuleRegistry& registry_;
  const InvocationPaths& paths_;
  const std::vector<bool>& has_frame_;
};

}  // namespace suar::graph_export
