#pragma once

#include <cstdint>
#include <functional>

#include <torch/types.h>

namespace suar::graph_export {

/// Until the end of the block, calls a function for each tensor that an operator of LibTorch is
/// about to write in place, in this thread, before it does. Operators tell by their schema what
/// they write; only batch norms, which do not, are asked whether they train. What code does to the
/// memory by itself is not seen.
///
/// The function may run operators: they are neither watched nor traced.
class WriteWatch {
 public:
  using BeforeWrite = std::function<void(const torch::Tensor& written)>;

  explicit WriteWatch(BeforeWrite before_write);
  ~WriteWatch();
  WriteWatch(const WriteWatch&) = delete;
  WriteWatch& operator=(const WriteWatch&) = delete;

  /// That of this thread, or null.
  static WriteWatch* current();

  void report(const c10::IValue& written) const;

 private:
  BeforeWrite before_write_;
  WriteWatch* outer_ = nullptr;
  uint64_t callback_ = 0;
};

}  // namespace suar::graph_export
