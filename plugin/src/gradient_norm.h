#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "number_transfer.h"
#include "seen_gradient.h"

namespace suar {

/// The L2 norm over the gradients of all parameters of a model, as clipping takes it, but for those
/// that are left over: see `SeenGradient`.
class GradientNorm {
 public:
  explicit GradientNorm(std::vector<torch::Tensor> parameters)
      : parameters_(std::move(parameters)), gradients_(parameters_.size()) {}

  /// A step begins: the gradients that there are now are left over, unless they change.
  void see_gradients();

  /// The norm now; none where there is no gradient, nor where only frozen parameters have some,
  /// which are zero (on an accelerator, which is not asked, that is 0). Waits for no accelerator.
  std::optional<Number> compute();

 private:
  const std::vector<torch::Tensor> parameters_;
  std::vector<SeenGradient> gradients_;  ///< one for each
};

}  // namespace suar
