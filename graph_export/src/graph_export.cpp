#include <optional>

#include <torch/utils.h>

#include <suar/error.h>
#include <suar/graph_export.h>

#include "call_log.h"
#include "class_names.h"
#include "code_map.h"
#include "evaluation_guard.h"
#include "graph_builder.h"
#include "model_record.h"
#include "module_registry.h"
#include "operation_sources.h"
#include "operation_times.h"
#include "scope_inference.h"
#include "tracing.h"

namespace suar {
namespace graph_export {
namespace {

ModelRecord make_record(const ModuleRegistry& registry, const Trace& trace,
                        bool with_source_locations) {
  ModelRecord record;
  record.graph = trace.graph;
  record.reads = trace.reads;
  for (const RegisteredModule& module : registry.modules()) {
    record.modules.push_back({module.scope, short_class_name(module.class_names.front())});
  }
  for (const RegisteredTensor& tensor : registry.tensors()) {
    count_tensor(record.modules[tensor.owners.front()], tensor.tensor, tensor.is_parameter);
  }
  for (const torch::jit::Value* input : trace.inputs) record.inputs.emplace_back(input, "x");
  for (const auto& [value, index] : trace.tensors) {
    const RegisteredTensor& tensor = registry.tensors()[index];
    record.tensors[value] = {registry.modules()[tensor.owners.front()].scope, tensor.name,
                             tensor.is_parameter, tensor.tensor.requires_grad()};
  }
  CodeMap code;
  if (with_source_locations) look_up_calls(trace, code);
  record.scopes = infer_scopes(registry, trace, code);
  if (with_source_locations) record.sources = find_sources(trace, code);
  return record;
}

CallsOfNodes calls_of(const Trace& trace) {
  CallsOfNodes calls;
  for (const OperationRecord& record : trace.records) {
    if (record.call) calls[record.node].push_back(*record.call);
  }
  return calls;
}

}  // namespace
}  // namespace graph_export

Graph detail::export_run(torch::nn::Module& module, const ForwardFunction& forward,
                         torch::TensorList given, const GraphExportOptions& options) {
  using namespace graph_export;
  const std::vector<torch::Tensor> inputs = given.vec();
  const ModuleRegistry registry(module, options.root_name());
  require_no_trace(registry.modules().front().scope);
  if (options.method() != "forward") {
    throw Error("Exporting the graph of " + registry.modules().front().scope +
                ": the option method(\"" + options.method() +
                "\") was expected for a TorchScript module only. Give a function "
                "that calls the method: export_graph(net, function, inputs).");
  }
  Trace trace;
  ModelRecord record;
  {
    std::optional<EvaluationGuard> evaluation;
    if (options.shared_with_threads()) {
      require_evaluation(registry);
    } else {
      evaluation.emplace(registry);
    }
    std::optional<CallLog> log;
    if (options.timed_runs() > 0) log.emplace();
    trace = graph_export::trace(registry, forward, inputs, !options.shared_with_threads());
    record = make_record(registry, trace, options.source_locations());
    if (log) {
      const std::vector<OperatorCall> calls = log->calls();
      log.reset();
      record.microseconds = measure_operations(calls_of(trace), calls, options.timed_runs(), [&] {
        const torch::NoGradGuard no_grad;
        forward(copies_of(inputs));
      });
    }
  }
  return build_graph(record);
}

}  // namespace suar
