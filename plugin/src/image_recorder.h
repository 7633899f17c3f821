#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <suar/callback.h>
#include <suar/callback_options.h>
#include <suar/summary_writer.h>
#include <suar/trained_model.h>

#include "confusion_matrix.h"
#include "failure_report.h"
#include "filter_images.h"
#include "number_transfer.h"
#include "rank_exchange.h"
#include "sample_recorder.h"
#include "schedule.h"

namespace suar {

/// Logs all that is a picture: the inputs of a batch, the confusion matrix, the first filters. What
/// fails is reported and left out.
///
/// As with the numbers of a step, everything is measured where it lies, which waits for no
/// accelerator, and is drawn when it has come back. Several ranks keep the counts of a confusion
/// matrix until they meet; the rest is rank 0's.
class ImageRecorder {
 public:
  ImageRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
                FailureReport& failures, RankExchange& ranks);

  /// Keeps the batch where its pictures are due, or may be when it turns out to be an epoch's last.
  void keep(const Batch& batch, const Due& due) {
    if (ranks_.writes() && (due.images || cadence_.is_every_epoch())) samples_.keep(batch);
  }
  void forget() { samples_.forget(); }

  /// Counts a batch of the training where scalars are due, and one of a validation, in its
  /// confusion matrix. Waits for no accelerator.
  void count(const Batch& batch, const Due& due) {
    if (due.scalars) count(batch, training_);
  }
  void count_validation(const Batch& batch) { count(batch, validation_); }

  /// Takes everything as it is now, but for the validation.
  void measure(int64_t step);

  /// Takes what was counted of a validation, which is over.
  void measure_validation(int64_t step);

  /// Whether something was measured and not yet logged.
  bool has_measured() const { return !measured_.empty(); }

  /// Logs what was measured and has arrived; with `wait` all that was measured, for which it
  /// blocks.
  void record(bool wait, SummaryWriter& writer);

  /// Logs a confusion matrix over which ranks have met.
  void record(const RankCounts& counts, SummaryWriter& writer);

 private:
  /// Pictures that are on their way.
  struct Measured {
    int64_t step = 0;
    NumberTransfer transfer;
    SampleRecorder::Measured samples;
    ConfusionMatrix::Measured training, validation;
    std::vector<NumberTransfer::Place> filters;  ///< one for each of `filters_`, or none
  };

  void count(const Batch& batch, ConfusionMatrix& matrix);
  void send(Measured& measured);
  bool arrives(Measured& measured, bool wait);
  void finish(const Measured& measured, SummaryWriter& writer);
  void take(const ConfusionMatrix& matrix, const ConfusionMatrix::Measured& counted,
            const Measured& measured, SummaryWriter& writer);
  void record_filters(const Measured& measured, SummaryWriter& writer) const;

  FailureReport& failures_;
  RankExchange& ranks_;
  SampleRecorder samples_;
  const Cadence cadence_;
  const bool count_classes_;
  const std::vector<std::string> class_names_;
  ConfusionMatrix training_, validation_;
  std::vector<Filters> filters_;
  std::deque<Measured> measured_;  ///< in the order of the steps
};

}  // namespace suar
