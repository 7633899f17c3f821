#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/summary_writer.h>

#include "number_transfer.h"

namespace suar {

/// Counts which classes a model takes for which.
class ConfusionMatrix {
 public:
  /// `class_names` may be empty: numbers are shown.
  explicit ConfusionMatrix(std::vector<std::string> class_names)
      : class_names_(std::move(class_names)) {}

  /// Counts a batch of a classification (see `is_classification`); targets that are no class of the
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

  /// The counts, row by row, once the transfer has arrived; rows are true classes.
  static std::vector<double> take(const Measured& measured, const NumberTransfer& transfer);

  /// Logs counts, if there are any, as a picture (the share of each in the row) and as a table
  /// under
  /// "<tag>/counts".
  void record(const std::vector<double>& counts, const std::string& tag, SummaryWriter& writer,
              int64_t step) const;

 private:
  std::string make_table(const torch::Tensor& matrix) const;

  const std::vector<std::string> class_names_;
  torch::Tensor
      counts_;  ///< `[classes, classes]` int64 where the batches are, rows are true classes
};

}  // namespace suar
