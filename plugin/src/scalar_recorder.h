#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback.h>

#include "parameter_selection.h"
#include "rank_numbers.h"

namespace suar {

inline constexpr char kTrainingAccuracyTag[] = "Accuracy/train";

/// Takes the numbers of a whole step that lie on its device: loss, accuracy, norms over all
/// gradients.
class ScalarRecorder {
 public:
  /// `gradients`: whether the norms are wanted.
  ScalarRecorder(const std::vector<SelectedParameters>& models, bool gradients);

  /// Reads the gradients as they are now; else `take` does. Does not wait for an accelerator.
  void read_gradients();

  /// Appends what the batch tells, after one transfer from each device, for which it waits. Throws
  /// `suar::Error` when the loss is not one number.
  void take(const Batch& batch, int64_t step, std::vector<RankScalar>& scalars);

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
