#pragma once

#include <string>

#include <torch/nn/module.h>

namespace suar {

/// Says in which scope of the model graph the operations of the current block belong, where
/// `export_graph` cannot tell by itself:
///
///     torch::Tensor SwishImpl::forward(torch::Tensor x) {
///       suar::GraphScope scope(*this);
///       return x * torch::sigmoid(x);
///     }
///
/// Costs one branch while no graph is exported by this thread. Must be a local variable.
class GraphScope {
 public:
  /// The scope of `module`. Does nothing when the module is not part of the exported model.
  explicit GraphScope(const torch::nn::Module& module);

  /// A scope of its own inside the current one: "attention" in "Net/encoder/attention".
  explicit GraphScope(const std::string& name);

  ~GraphScope();
  GraphScope(const GraphScope&) = delete;
  GraphScope& operator=(const GraphScope&) = delete;

 private:
  bool entered_ = false;
};

}  // namespace suar
