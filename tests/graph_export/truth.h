#pragma once

#include <torch/nn/module.h>

#include <suar/graph_scope.h>

namespace suar::testing {

/// Test models exist twice: as a user writes them, where scopes must be found out, and with a guard
/// in every forward(), which says them.
enum class Truth { inferred, said };

template <Truth truth>
class TruthScope {
 public:
  explicit TruthScope(const torch::nn::Module&) {}
};

template <>
class TruthScope<Truth::said> {
 public:
  explicit TruthScope(const torch::nn::Module& module) : scope_(module) {}

 private:
  GraphScope scope_;
};

}  // namespace suar::testing
