#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include <suar/callback.h>
#include <suar/callback_options.h>

#include "gradient_norm.h"
#include "number_transfer.h"
#include "parameter_selection.h"
#include "rank_numbers.h"

namespace suar {

inline constexpr char kTrainingAccuracyTag[] = "Accuracy/train";

/// Takes the numbers of a whole step: losses, accuracy, norms over all gradients, and those that
/// the user logs as tensors.
class ScalarRecorder {
 public:
  ScalarRecorder(const std::vector<SelectedParameters>& models, const CallbackOptions& options);

  /// What was measured of one step: numbers that are known, as far as they are.
  struct Measured {
    std::vector<std::pair<RankScalar, NumberTransfer::Place>> scalars;
    std::optional<NumberTransfer::Place> right, judged;  ///< samples
  };

  /// Keeps a number of the step under way for `measure`; of one name the last counts. Throws
  /// `suar::Error` when it is not one number. Waits, as all of these, for no accelerator.
  void log(const std::string& name, const torch::Tensor& number);

  /// The same for the loss of one model, or of `kEveryModel`.
  void log_loss(int32_t model, const torch::Tensor& loss);

  /// Takes what was kept, and the accuracy, as far as the batch tells.
  void measure(const Batch& batch, Measured& measured, NumberTransfer& transfer);

  /// A step begins: a frozen parameter's gradient that is there now is none of it.
  void see_gradients();

  /// Reads the gradients of a model as they are now. When this was called for none, `measure_norms`
  /// reads those of all. `with_statistics`: `ParameterRecorder` reads those that are recorded, too;
  /// where these are all, the norm comes from there.
  void read_gradients(std::size_t model, bool with_statistics);

  /// Takes the norms.
  void measure_norms(bool with_statistics, Measured& measured, NumberTransfer& transfer);

  /// Forgets what was kept and read of the step under way, which is over.
  void forget();

  /// Appends the numbers, once the transfer has arrived.
  static void take(Measured measured, const NumberTransfer& transfer, int64_t step,
                   std::vector<RankScalar>& scalars);

 private:
  struct Model {
    std::string loss_tag, norm_tag;
    GradientNorm gradients;
    bool all_recorded = true;
    std::optional<Number> norm{};  ///< read for the step under way
    bool gradients_read = false;
  };

  void keep(RankScalar scalar, const torch::Tensor& number);

  const bool norms_, accuracy_;  ///< wanted
  std::vector<Model> models_;
  std::vector<std::pair<RankScalar, Number>> kept_;
};

}  // namespace suar
