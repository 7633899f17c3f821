#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "function_name.h"
#include "scope_recorder.h"
#include "symbol_table.h"

namespace suar::graph_export {

/// A function that was running when an operation was traced, or a mark that was set then.
struct Invocation {
  std::uintptr_t function = 0;       ///< start of the function, or 0 where its symbol is not known
  std::uintptr_t instruction = 0;    ///< where in the function
  std::uintptr_t stack_pointer = 0;  ///< tells apart recursive invocations
  const FunctionName* name = nullptr;     ///< null where not known
  std::shared_ptr<const ScopeMark> mark;  ///< null for a function
};

/// Outermost first.
using InvocationPath = std::vector<Invocation>;

/// Puts the functions and marks of a record in the order in which they were entered.
class InvocationPaths {
 public:
  InvocationPath of(const OperationRecord& record);

  /// True when `a` and `b`, of operations one behind the other, may be one and the same up to and
  /// with the given level, provided that they are up to the level before.
  static bool same_at(const InvocationPath& a, const InvocationPath& b, std::size_t level);

 private:
  struct Function {
    std::uintptr_t start = 0;
    bool known = false;
    FunctionName name;
  };
  const Function& function_at(std::uintptr_t instruction);

  SymbolTable symbols_;
  std::unordered_map<std::uintptr_t, Function> functions_;  // by instruction; addresses are stable
};

}  // namespace suar::graph_export
