#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "code_map.h"
#include "function_name.h"
#include "scope_recorder.h"

namespace suar::graph_export {

/// A function that was running when an operation was traced, or a mark that was set then.
struct Invocation {
  /// Start of the function, or of what stands in place of its call where the compiler inlined it; 0
  /// where its symbol is not known.
  std::uintptr_t function = 0;
  std::uintptr_t instruction = 0;         ///< where in the function
  std::uintptr_t stack_pointer = 0;       ///< tells apart recursive invocations
  const FunctionName* name = nullptr;     ///< null where not known
  std::shared_ptr<const ScopeMark> mark;  ///< null for a function
};

/// Outermost first.
using InvocationPath = std::vector<Invocation>;

/// The paths of operations, by operation; neighbours in a loop may share theirs.
using InvocationPaths = std::vector<std::shared_ptr<const InvocationPath>>;

/// Puts the functions and marks of each record in the order in which they were entered, with the
/// inlined functions of which `code` knows. The names in it are those of `code`.
InvocationPaths invocation_paths(const std::vector<OperationRecord>& records, CodeMap& code);

/// True when `a` and `b`, of operations one behind the other, may be one and the same up to and
/// with the given level, provided that they are up to the level before.
bool is_same_at(const InvocationPath& a, const InvocationPath& b, std::size_t level);

}  // namespace suar::graph_export
