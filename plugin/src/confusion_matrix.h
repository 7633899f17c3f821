#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/summary_writer.h>

#include "number_transfer.h"
#include "rank_numbers.h"

namespace suar {

/// Counts which classes a model takes for which.
class ConfusionMatrix {
 public:
  /// To be logged under `tag`.
  explicit ConfusionMatrix(std::string tag) : tag_(std::move(tag)) {}

  /// Counts a batch of a classification (see `class_targets`); targets that are no class of the
  /// output are left out. Waits for no accelerator. More than 100 classes are not counted: no one
  /// could read them.
  void count(const torch::Tensor& output, const torch::Tensor& target);

  /// What was counted, as numbers that may still be on their way.
  struct Measured {
    std::size_t cells = 0;  ///< rows times columns; 0 when nothing was counted
    NumberTransfer::Place counts = 0;
  };

  /// Takes what was counted, and begins anew. Waits for no accelerator.
  Measured measure(NumberTransfer& transfer);

  /// What was counted up to `step`, once the transfer has arrived. There must be something.
  RankCounts take(const Measured& measured, const NumberTransfer& transfer, int64_t step) const;

 private:
  const std::string tag_;
  /// `[classes, classes]` int64 where the batches are; rows are true classes.
  torch::Tensor counts_;
};

/// Logs counts as a picture (the share of each in its row) and as a table under "<tag>/counts".
/// `class_names` may be empty: numbers are shown.
void record_confusion(const RankCounts& counts, const std::vector<std::string>& class_names,
                      SummaryWriter& writer);

}  // namespace suar
