#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "module_registry.h"
#include "tracing.h"

namespace suar::graph_export {

/// Modules of which one ran an operation, in order of registration; several where a tensor, or the
/// module that owns it, is registered at several places.
using PossibleModules = std::vector<ModuleIndex>;

/// What the tensors and marks of the operations of a trace tell about the modules that ran them,
/// without the call stacks.
class ScopeEvidence {
 public:
  ScopeEvidence(const ModuleRegistry& registry, const Trace& trace);

  /// For each tensor of the model that the operation uses, also through views and lists of them,
  /// its owners. They belong to the registry.
  const std::vector<const PossibleModules*>& owners(std::size_t operation) const {
    return evidence_[operation].owners;
  }

  /// Of a mark that has a module.
  const PossibleModules& possible_modules(const ScopeMark& mark) const;

  /// Those of the modules that lie below `outer`, which itself does not.
  PossibleModules below(ModuleIndex outer, const PossibleModules& modules) const;

  /// The first candidate that contains a module that the operation is known to belong to; several
  /// where it uses only what they share.
  PossibleModules candidates_of(std::size_t operation,
                                const std::vector<ModuleIndex>& candidates) const;

  /// The lowest module that holds several ones below `outer` that the operations [begin, end) are
  /// known to belong to, where they are several.
  std::optional<ModuleIndex> common_module(std::size_t begin, std::size_t end,
                                           ModuleIndex outer) const;

  /// Brings modules into the order in which they most likely run: that of what else runs inside of
  /// those that hold them or, where these are of one class, that of registration. False where
  /// neither is known.
  bool sort_by_run(PossibleModules& modules) const;

 private:
  struct Operation {
    std::vector<const PossibleModules*> owners;
    /// The same, and the modules of marks: a mark says as much about the functions around it as a
    /// tensor does.
    std::vector<const PossibleModules*> modules;
  };

  void append_owners(const torch::jit::Node& node, const Trace& trace, Operation& operation) const;
  void find_first_runs();

  const ModuleRegistry& registry_;
  std::vector<Operation> evidence_;     // by operation
  std::vector<std::size_t> first_run_;  // by module: the first operation certainly inside, or none
};

}  // namespace suar::graph_export
