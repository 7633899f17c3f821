#pragma once

#include <cstdint>

#include <torch/types.h>

namespace suar {

/// Remembers which gradient of a parameter was looked at, to tell one that is left over: a
/// parameter that is frozen keeps the gradient that it got last, which nothing zeroes any more. One
/// that is frozen for a part of each step only (a model through which another one is trained) gets
/// a new gradient in each step, also when it is looked at after it was frozen.
class SeenGradient {
 public:
  /// The gradient that the parameter has now. Undefined where it has none, or where the parameter
  /// is frozen and the gradient is the very one that was seen in an earlier step. Waits for no
  /// accelerator.
  torch::Tensor look(const torch::Tensor& parameter);

  /// A step is over; what was looked at in it is seen.
  void end_step();

 private:
  /// Tells a gradient, and what it holds, from all others.
  struct Identity {
    /// Keeps its address from another one, and not its memory.
    c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> tensor{
        torch::Tensor().getIntrusivePtr()};
    int64_t version = 0;  ///< counts the changes in place
  };

  Identity now_, seen_;
};

}  // namespace suar
