#pragma once

#include <cstddef>

#include "module_registry.h"

namespace suar::graph_export {

/// Where a module runs among those of its class in the module that holds it, as far as LibTorch's
/// own modules do not run them in the order in which they register them: the dropouts of its layers
/// of Transformers. 0 for all others.
std::size_t run_order(const ModuleRegistry& registry, ModuleIndex module);

}  // namespace suar::graph_export
