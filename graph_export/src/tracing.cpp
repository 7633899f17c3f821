#include "tracing.h"

#include <exception>
#include <mutex>
#include <optional>
#include <string>

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/utils.h>

#include <suar/error.h>

#include "sequential_probe.h"
#include "traced_reads.h"

namespace suar::graph_export {
namespace {

namespace tracer = torch::jit::tracer;

void record_operation(torch::jit::Node* node) {
  if (ScopeRecorder* recorder = ScopeRecorder::current()) recorder->record(node);
}

/// There is one hook for the process. Setting it back after each trace would take it away from a
/// trace in another thread, so it stays and asks for the recorder of its thread.
void install_hook() {
  static std::once_flag installed;
  std::call_once(installed, [] { tracer::setRecordSourceLocation(record_operation); });
}

/// Traces what this thread runs, until the end of the block.
///
/// Not tracer::trace(): the passes that it runs afterwards take LibTorch 1.13 out of memory on
/// large models, it frees nodes that were recorded, and on an error it ends an enclosing trace too.
class TracingSession {
 public:
  explicit TracingSession(std::shared_ptr<tracer::TracingState> state) {
    tracer::setTracingState(std::move(state));
  }
  ~TracingSession() { tracer::setTracingState(nullptr); }
  TracingSession(const TracingSession&) = delete;
  TracingSession& operator=(const TracingSession&) = delete;
};

torch::jit::Value* add_graph_input(tracer::TracingState& state, const torch::Tensor& tensor) {
  torch::jit::Value* value = state.graph->addInput();
  value->setType(c10::TensorType::create(tensor));
  state.setValue(tensor, value);
  return value;
}

/// LibTorch makes constants of tensors that it does not know, but not of these. Returns where it
/// was another error.
void explain_unregistered_tensor(const std::exception& error, const ModuleRegistry& registry,
                                 const ScopeRecorder& recorder) {
  const std::string message = error.what();
  const auto tells = [&](const char* what) { return message.find(what) != std::string::npos; };
  const bool requires_grad = tells("Cannot insert a Tensor that requires grad as a constant");
  if (!requires_grad && !tells("Unsupported value kind: Tensor")) return;
  std::string user;
  if (!recorder.records().empty()) {
    user = std::string(" (in ") + recorder.records().back().node->kind().toQualString() + ")";
  }
  throw Error("Exporting the graph of " + registry.modules().front().scope + ": every " +
              (requires_grad ? "tensor that requires a gradient" : "sparse tensor") +
              " was expected to be registered in the module, but forward() uses one" + user +
              " that is not. Register it with " +
              (requires_grad ? "register_parameter(), or its module with register_module(), or "
                               "detach() it. If forward() makes its parameters on first use, run "
                               "it once before."
                             : "register_buffer().") +
              " To a function alone, give the module too: export_graph(net, function, inputs).");
}

}  // namespace

void require_no_trace(const std::string& model) {
  if (tracer::isTracing()) {
    throw Error("Exporting the graph of " + model +
                ": a thread can run one trace at a time, but this one is in a trace already. Call "
                "export_graph() outside of forward() and of torch::jit tracing.");
  }
}

std::vector<torch::Tensor> copies_of(const std::vector<torch::Tensor>& tensors) {
  std::vector<torch::Tensor> copies;
  for (const torch::Tensor& tensor : tensors) {
    copies.push_back(tensor.defined() ? tensor.detach().clone() : tensor);
  }
  return copies;
}

Trace trace(const ModuleRegistry& registry, const ForwardFunction& forward,
            const std::vector<torch::Tensor>& given_inputs, bool probe_sequentials) {
  install_hook();
  const torch::NoGradGuard no_grad;
  const std::vector<torch::Tensor> inputs = copies_of(given_inputs);

  auto state = std::make_shared<tracer::TracingState>();
  state->warn = false;
  state->strict = false;
  Trace result;
  result.graph = state->graph;
  for (std::size_t i = 0; i < registry.tensors().size(); ++i) {
    result.tensors[add_graph_input(*state, registry.tensors()[i].tensor)] = i;
  }
  for (const torch::Tensor& input : inputs) {
    if (input.defined()) result.inputs.push_back(add_graph_input(*state, input));
  }

  const TracedReads reads;
  ScopeRecorder recorder(registry, SUAR_STACK_ADDRESS());
  std::optional<SequentialProbe> probe;
  if (probe_sequentials) probe.emplace(registry);
  try {
    const TracingSession session(state);
    for (const torch::Tensor& output : forward(inputs)) {
      // One that no traced operation made becomes a constant.
      if (output.defined()) state->graph->registerOutput(state->getValue(output));
    }
  } catch (const std::exception& error) {
    explain_unregistered_tensor(error, registry, recorder);
    throw;
  }
  result.records = recorder.records();
  result.reads = reads.values();
  return result;
}

}  // namespace suar::graph_export
