#pragma once

#include <cstddef>
#include <string>

#include "module_registry.h"

namespace suar::graph_export {

/// Where an operation belongs, or where the inference has got to on its way there from the root.
struct ScopePosition {
  ModuleIndex module = 0;
  std::string named_scopes;  ///< inside the module: "/attention"
  /// True until the module's own forward() has been met: a further call of a function of its class
  /// is then not that of a module inside of it.
  bool before_forward = true;
  bool is_certain = false;  ///< a GraphScope says so
  std::size_t level = 0;    ///< on the invocation path, of what led into the module
};

}  // namespace suar::graph_export
