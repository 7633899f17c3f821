#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <torch/types.h>

#include <suar/forward_function.h>

#include "module_registry.h"
#include "scope_recorder.h"

namespace torch::jit {
struct Graph;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// What one run of a model did.
struct Trace {
  std::shared_ptr<torch::jit::Graph> graph;  ///< its outputs are those of the model
  std::vector<const torch::jit::Value*> inputs;
  std::unordered_map<const torch::jit::Value*, std::size_t> tensors;  ///< index in the registry
  std::vector<OperationRecord> records;                               ///< in order of execution
  std::vector<const torch::jit::Value*> reads;  ///< of these the code took numbers
};

/// Throws `suar::Error` when this thread is tracing already. Call it before anything is computed,
/// for that would get into the other trace. `model` is for the message.
void require_no_trace(const std::string& model);

/// Copies, so that an operation in place does not change the caller's tensors, and so that a tensor
/// that is given twice makes two inputs.
std::vector<torch::Tensor> copies_of(const std::vector<torch::Tensor>& tensors);

/// Runs `forward` under LibTorch's tracer. Parameters and buffers become inputs of the graph. With
/// `probe_sequentials`, every Sequential of the model is changed during the run, so that it tells
/// which of its children runs: then no other thread may use the model.
/// Throws `suar::Error` when `forward` uses a tensor that requires a gradient, or is sparse, and is
/// not registered.
Trace trace(const ModuleRegistry& registry, const ForwardFunction& forward,
            const std::vector<torch::Tensor>& inputs, bool probe_sequentials);

}  // namespace suar::graph_export
