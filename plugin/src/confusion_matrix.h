#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/summary_writer.h>

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

  /// Logs what was counted, if anything was, as a picture (rows are true classes, the share of each
  /// in the row) and as a table of counts under "<tag>/counts", and begins anew. Waits for the
  /// device of the batches.
  void record(const std::string& tag, SummaryWriter& writer, int64_t step);

 private:
  torch::Tensor draw() const;
  std::string make_table() const;

  const std::vector<std::string> class_names_;
  torch::Tensor
      counts_;  ///< `[classes, classes]` int64 where the batches are, rows are true classes
};

}  // namespace suar
