#pragma once

#include <suar/graph.h>

#include "module_registry.h"
#include "tracing.h"

namespace suar::graph_export {

/// Makes the graph that people see of what the tracer recorded.
Graph build_graph(const ModuleRegistry& registry, const Trace& trace);

}  // namespace suar::graph_export
