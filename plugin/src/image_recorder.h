#pragma once

#include <cstdint>
#include <deque>
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
/// accelerator, and is drawn when it has come back. Several ranks meet over the confusion matrix;
/// the rest is rank 0's.
class ImageRecorder {
 public:
  ImageRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
                FailureReport& failures, RankExchange& ranks);

  /// Keeps the batch where its pictures are due, or may be when it turns out to be an epoch's last.
  void keep(const Batch& batch, const Due& due) {
    if (ranks_.writes() && (due.images || cadence_.is_every_epoch())) samples_.keep(batch);
  }
  void forget() { samples_.forget(); }

  /// Counts the batch in the confusion matrix. Waits for no accelerator.
  void count(const Batch& batch);

  /// Takes everything as it is now.
  void measure(int64_t step);

  /// Whether something was measured and not yet logged.
  bool has_measured() const { return !measured_.empty(); }

  /// Logs what was measured and has arrived; with `wait` all that was measured, for which it
  /// blocks. Blocks for the other ranks, too, if there are any.
  void record(bool wait, SummaryWriter& writer);

 private:
  /// Pictures that are on their way.
  struct Measured {
    int64_t step = 0;
    NumberTransfer transfer;
    SampleRecorder::Measured samples;
    ConfusionMatrix::Measured confusion;
    std::vector<NumberTransfer::Place> filters;  ///< one for each of `filters_`, or none
  };

  bool arrives(Measured& measured, bool wait);
  void finish(const Measured& measured, SummaryWriter& writer);
  std::vector<double> meet(int64_t step, std::vector<double> counts);
  void record_filters(const Measured& measured, SummaryWriter& writer) const;

  FailureReport& failures_;
  RankExchange& ranks_;
  SampleRecorder samples_;
  const Cadence cadence_;
  const bool count_classes_;
  ConfusionMatrix confusion_;
  std::vector<Filters> filters_;
  std::deque<Measured> measured_;  ///< in the order of the steps
};

}  // namespace suar
