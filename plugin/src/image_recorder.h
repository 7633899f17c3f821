#pragma once

#include <vector>

#include <suar/callback.h>
#include <suar/callback_options.h>
#include <suar/summary_writer.h>
#include <suar/trained_model.h>

#include "confusion_matrix.h"
#include "failure_report.h"
#include "filter_images.h"
#include "sample_recorder.h"

namespace suar {

/// Logs all that is a picture: the inputs of a batch, the confusion matrix, the first filters.
class ImageRecorder {
 public:
  ImageRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
                FailureReport& failures);

  /// Keeps the batch, for when it turns out to be an epoch's last one.
  void keep(const Batch& batch) { samples_.keep(batch); }
  void forget() { samples_.forget(); }

  /// Counts the batch in the confusion matrix. Waits for no accelerator.
  void count(const Batch& batch);

  /// Logs everything; what fails is reported and left out. Waits for the devices.
  void record(SummaryWriter& writer, int64_t step);

 private:
  FailureReport& failures_;
  SampleRecorder samples_;
  const bool count_classes_;
  ConfusionMatrix confusion_;
  std::vector<Filters> filters_;
};

}  // namespace suar
