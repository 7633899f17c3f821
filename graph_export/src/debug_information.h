#pragma once

#include <cstdint>
#include <vector>

#include "function_name.h"
#include "source_location.h"

namespace suar::graph_export {

/// A function that the compiler put in place of a call.
struct InlinedFunction {
  std::uintptr_t start = 0;  ///< the first instruction of what stands in place of the call
  FunctionName name;
};

/// What the debug information of a program tells of an instruction.
struct DebugInformation {
  /// The line of the user's code that led to it: where it was inlined from LibTorch, from the
  /// standard library or from Suar, that of the call. Empty for what is in a function of these.
  SourceLocation source;
  /// The user's functions that were inlined around it, outermost first, in the function that a
  /// symbol names.
  std::vector<InlinedFunction> inlined;
};

/// For each instruction of this process. Empty where the program or library that holds it has no
/// debug information, and where Suar was built without elfutils. Reads the debug information anew
/// in each call, which takes tens of milliseconds; of LibTorch itself it is left alone.
std::vector<DebugInformation> find_debug_information(
    const std::vector<std::uintptr_t>& instructions);

}  // namespace suar::graph_export
