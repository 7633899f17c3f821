#pragma once

#include <string>
#include <unordered_map>

#include "code_map.h"
#include "module_registry.h"
#include "tracing.h"

namespace torch::jit {
struct Node;
}

namespace suar::graph_export {

/// The scope of each operation of the trace, "Net/conv1". From the strongest evidence to the
/// weakest: marks (GraphScope, children of a Sequential), functions on the call stack that belong
/// to the class of a module, owners of the parameters that the operation uses.
std::unordered_map<const torch::jit::Node*, std::string> infer_scopes(
    const ModuleRegistry& registry, const Trace& trace, CodeMap& code);

}  // namespace suar::graph_export
