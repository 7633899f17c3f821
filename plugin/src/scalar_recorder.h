#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include <suar/callback.h>

#include "number_transfer.h"
#include "parameter_selection.h"
#include "rank_numbers.h"

namespace suar {

inline constexpr char kTrainingAccuracyTag[] = "Accuracy/train";

/// Takes the numbers of a whole step: loss, accuracy, norms over all gradients.
class ScalarRecorder {
 public:
  /// `gradients`: whether the norms are wanted.
  ScalarRecorder(const std::vector<SelectedParameters>& models, bool gradients);

  /// What was measured of one step.
  struct Measured {
    std::optional<NumberTransfer::Place> loss;
    std::optional<NumberTransfer::Place> right, judged;                ///< samples
    std::vector<std::pair<std::string, NumberTransfer::Place>> norms;  ///< by tag
  };

  /// Takes loss and accuracy, as far as the batch tells. Throws `suar::Error` when the loss is not
  /// one number. Waits, as all of these, for no accelerator.
  Measured measure(const Batch& batch, NumberTransfer& transfer);

  /// Reads the gradients as they are now; else `measure_norms` does.
  void read_gradients();

  /// Takes the norms.
  void measure_norms(Measured& measured, NumberTransfer& transfer);

  /// Forgets what was read of the gradients.
  void forget_gradients() { gradients_read_ = false; }

  /// Appends the numbers, once the transfer has arrived.
  void take(const Measured& measured, const NumberTransfer& transfer, int64_t step,
            std::vector<RankScalar>& scalars) const;

 private:
  struct Model {
    std::string tag;  ///< of the norm
    std::vector<torch::Tensor> parameters;
    std::optional<Number> norm;  ///< read for the step under way
  };

  std::vector<Model> models_;
  bool gradients_read_ = false;
};

}  // namespace suar
