#pragma once

#include <cstdint>
#include <string>

namespace suar::graph_export {

/// A line of a program. Without a file where it is not known.
struct SourceLocation {
  std::string file;  ///< with its directory, from the root where the compiler noted that
  int64_t line = 0;  ///< from 1
};

}  // namespace suar::graph_export
