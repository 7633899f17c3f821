#pragma once

#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback.h>
#include <suar/event.h>

#include "parameter_selection.h"

namespace suar {

/// Takes the numbers of a whole step that lie on its device: loss, accuracy, norms over all
/// gradients.
class ScalarRecorder {
 public:
  /// `gradients`: whether the norms are wanted.
  ScalarRecorder(const std::vector<SelectedParameters>& models, bool gradients);

  /// What one step came to; what the batch does not tell is missing.
  struct Result {
    std::optional<double> loss, accuracy;
  };

  /// Reads the gradients as they are now; else `record` does. Does not wait for an accelerator.
  void read_gradients();

  /// Appends the summaries, after one transfer from each device, for which it waits. Throws
  /// `suar::Error` when the loss is not one number.
  Result record(const Batch& batch, std::vector<Summary>& summaries);

 private:
  struct Model {
    std::string tag;  ///< of the norm
    std::vector<torch::Tensor> parameters;
    torch::Tensor norm;  ///< read for the step under way, or undefined
  };

  std::vector<Model> models_;
  bool gradients_read_ = false;
};

}  // namespace suar
