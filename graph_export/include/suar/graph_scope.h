#pragma once

#include <string_view>

#include <torch/nn/module.h>

namespace suar {

/// Says in which scope of the model graph the operations of the current block belong, where
/// `export_graph` cannot tell by itself:
///
///     torch::Tensor SwishImpl::forward(torch::Tensor x) {
///       SUAR_SCOPE(*this);
///       return x * torch::sigmoid(x);
///     }
///
/// Costs one branch while no graph is exported by this thread. Must be a local variable, which
/// `SUAR_SCOPE` makes.
class GraphScope {
 public:
  /// The scope of `module`. Does nothing when the module is not part of the exported model.
  explicit GraphScope(const torch::nn::Module& module);

  /// A scope of its own inside the current one: "attention" in "Net/encoder/attention".
  explicit GraphScope(std::string_view name);

  ~GraphScope();
  GraphScope(const GraphScope&) = delete;
  GraphScope& operator=(const GraphScope&) = delete;

 private:
  bool entered_ = false;
};

}  // namespace suar

/// A `suar::GraphScope` until the end of the block: `SUAR_SCOPE(*this);`,
/// `SUAR_SCOPE("attention");`.
#define SUAR_SCOPE(module_or_name) \
  const ::suar::GraphScope SUAR_SCOPE_NAME(suar_scope_, __LINE__)(module_or_name)
#define SUAR_SCOPE_NAME(prefix, line) SUAR_SCOPE_JOINED(prefix, line)
#define SUAR_SCOPE_JOINED(prefix, line) prefix##line
