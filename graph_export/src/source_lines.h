#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suar::graph_export {

/// A line of a program. Without a file where it is not known.
struct SourceLocation {
  std::string file;  ///< with its directory, from the root where the compiler noted that
  int64_t line = 0;  ///< from 1
};

/// For each instruction of this process, the line of the user's code that led to it: where it was
/// inlined from LibTorch, from the standard library or from Suar, that of the call. Empty for what
/// is in a function of these, where the program or library that holds the instruction has no debug
/// information, and where Suar was built without elfutils. Reads the debug information anew in each
/// call, which takes tens of milliseconds; of LibTorch itself it is left alone.
std::vector<SourceLocation> find_source_lines(const std::vector<std::uintptr_t>& instructions);

}  // namespace suar::graph_export
