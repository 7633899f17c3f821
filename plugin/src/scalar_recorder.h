#pragma once

#include <optional>
#include <vector>

#include <torch/optim/optimizer.h>

#include <suar/callback.h>
#include <suar/event.h>

namespace suar {

/// Takes the numbers of a whole step: loss, accuracy, learning rates.
class ScalarRecorder {
 public:
  explicit ScalarRecorder(torch::optim::Optimizer& optimizer) : optimizer_(optimizer) {}

  /// What one step came to; what the batch does not tell is missing.
  struct Result {
    std::optional<double> loss, accuracy;
  };

  /// Appends the summaries. Waits for the batch's device. Throws when the loss is not one number;
  /// the summaries hold then what came before.
  Result record(const Batch& batch, std::vector<Summary>& summaries);

 private:
  torch::optim::Optimizer& optimizer_;
};

}  // namespace suar
