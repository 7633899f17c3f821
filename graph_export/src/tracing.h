#pragma once

#include <cstddef>
#include <memory>
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
};

/// Throws `suar::Error` when this thread is tracing already. Call it before anything is computed,
/// for that would get into the other trace.
void require_no_trace(const ModuleRegistry& registry);

/// Runs `forward` under LibTorch's tracer. Parameters and buffers become inputs of the graph.
/// Throws `suar::Error` when `forward` uses a tensor that requires a gradient and is not
/// registered.
Trace trace(const ModuleRegistry& registry, const ForwardFunction& forward,
            const std::vector<torch::Tensor>& inputs);

}  // namespace suar::graph_export
