#include <suar/graph_export.h>

#include "evaluation_guard.h"
#include "graph_builder.h"
#include "module_registry.h"
#include "tracing.h"

namespace suar {

Graph export_graph(torch::nn::Module& module, const ForwardFunction& forward,
                   const std::vector<torch::Tensor>& inputs, const GraphExportOptions& options) {
  const graph_export::ModuleRegistry registry(module, options.root_name);
  graph_export::require_no_trace(registry);
  graph_export::Trace trace;
  {
    const graph_export::EvaluationGuard evaluation(registry);
    trace = graph_export::trace(registry, forward, inputs);
  }
  return graph_export::build_graph(registry, trace);
}

}  // namespace suar
