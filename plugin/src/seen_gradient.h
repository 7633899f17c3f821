#pragma once

#include <cstdint>

#include <torch/types.h>

namespace suar {

/// Remembers the gradient that a parameter had when a step began, to tell one that is left over: a
/// parameter that is frozen keeps the gradient that it got last, which nothing zeroes any more. One
/// that is frozen for a part of each step only (a model through which another one is trained) gets
/// a new gradient in each step, also when it is looked at after it was frozen.
class SeenGradient {
 public:
  /// A step begins: what the parameter has now, it has from before.
  void see(const torch::Tensor& parameter);

  /// The gradient that the parameter has now. Undefined where it has none, or where the parameter
  /// is frozen and the gradient is the very one that was seen. Waits, as `see`, for no accelerator.
  torch::Tensor look(const torch::Tensor& parameter) const;

 private:
  /// Keeps its address from another one, and not its memory.
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> tensor_{
      torch::Tensor().getIntrusivePtr()};
  int64_t version_ = 0;  ///< counts the changes in place
};

}  // namespace suar
