#pragma once

#include <vector>

#include <torch/types.h>

#include "number_transfer.h"

namespace suar {

/// Counts, for each unit of a parameter, the observations in a row in which its gradient was
/// exactly 0: `ParameterStatistics::dead_units`.
class DeadUnits {
 public:
  /// Looks which elements of the gradient of a bias are 0; before it is counted, the last look
  /// counts. Waits for no accelerator.
  void look(const torch::Tensor& gradient);

  /// Counts what was seen, as an observation; returns the share of the units that are dead.
  Number count();

  /// The same for a parameter that is one unit.
  double count(bool silent);

 private:
  std::vector<bool> silent_;     ///< of each unit, in memory: its gradient is 0
  std::vector<int> silent_for_;  ///< of each unit, in memory: observations in a row
  torch::Tensor device_silent_, device_silent_for_;  ///< the same on a device
};

}  // namespace suar
