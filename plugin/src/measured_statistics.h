#pragma once

#include <cstdint>

#include <torch/types.h>

#include "histogram_kernel.h"
#include "number_transfer.h"

namespace suar {

/// The statistics of a tensor as it was when they were taken: known at once where it lies in the
/// processor's memory, and otherwise computed by its device, for which nobody waits.
class MeasuredStatistics {
 public:
  /// Of nothing.
  MeasuredStatistics() = default;

  /// Takes them, of all elements of a tensor of any kind.
  explicit MeasuredStatistics(const torch::Tensor& tensor);

  /// Number of elements.
  uint64_t size() const { return size_; }

  /// Sends along what its device computes.
  void add_to(NumberTransfer& transfer);

  /// The statistics, moved out of here; once the transfer has arrived.
  NumberStatistics take(const NumberTransfer& transfer);

 private:
  uint64_t size_ = 0;
  NumberStatistics known_;
  torch::Tensor on_device_;  ///< undefined: they are known
  NumberTransfer::Place place_ = 0;
};

}  // namespace suar
