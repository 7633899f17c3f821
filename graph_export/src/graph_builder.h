#pragma once

#include <suar/graph.h>

#include "model_record.h"

namespace suar::graph_export {

/// Makes the graph that people see.
Graph build_graph(const ModelRecord& model);

}  // namespace suar::graph_export
