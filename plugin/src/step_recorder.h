#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <suar/callback.h>
#include <suar/callback_options.h>
#include <suar/event.h>
#include <suar/statistics.h>
#include <suar/trained_model.h>

#include "activation_recorder.h"
#include "failure_report.h"
#include "finding_log.h"
#include "learning_rates.h"
#include "number_transfer.h"
#include "parameter_recorder.h"
#include "process_usage.h"
#include "progress_report.h"
#include "scalar_recorder.h"
#include "schedule.h"
#include "step_timer.h"

namespace suar {

/// Takes from a step all that is due of it, each thing with a recorder of its own. What fails is
/// reported and left out.
///
/// First everything is measured where it lies, which waits for no accelerator; what was measured
/// comes back in one transfer, at this step or some steps later, and only then is made into
/// summaries and judged.
class StepRecorder {
 public:
  StepRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures);

  /// Before a step: what it changes can be told only with what was before.
  void prepare(const Due& due);

  /// Training is over.
  void finish() { activations_.begin_step(false); }

  /// The gradients are there; else `measure` takes them as it finds them.
  void read_gradients(const Due& due);

  /// After a step. A loss that is not finite makes more due: at this step, where it is known at
  /// once.
  void measure(const Batch& batch, StepTimer& timer, Schedule& schedule);

  /// Whether a step was measured and not yet taken.
  bool has_measured() const { return !measured_.empty(); }

  /// What a step came to.
  struct Record {
    int64_t step;
    std::vector<Summary> summaries;
  };

  /// The steps whose numbers have arrived, in order; with `wait` all that were measured, for which
  /// it blocks.
  std::vector<Record> take(bool wait);

  /// True, once, when a loss that came back later was the first that is not finite: the layers of
  /// the step under way are to be recorded.
  bool take_wish_for_layers() { return std::exchange(wants_layers_, false); }

  std::vector<Finding> findings() const { return findings_.findings(); }

 private:
  /// A step whose numbers are on their way.
  struct MeasuredStep {
    Record record;  ///< so far
    bool with_scalars = false, with_histograms = false;
    NumberTransfer transfer;
    ScalarRecorder::Measured scalars;
    std::vector<ParameterRecorder::Measured> parameters;
    std::vector<ActivationRecorder::Measured> activations;
  };

  StepRecorder(const std::vector<TrainedModel>& models,
               const std::vector<SelectedParameters>& selected, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures);

  void measure_scalars(const Batch& batch, Schedule& schedule, MeasuredStep& step);
  void take_numbers(const Batch& batch, StepTimer& timer, std::vector<Summary>& summaries);
  void finish(MeasuredStep& step);
  bool is_first_bad_loss(double loss);

  ProgressReport& progress_;
  FailureReport& failures_;
  ScalarRecorder scalars_;
  const std::vector<MetricFunction> metrics_;
  LearningRates learning_rates_;
  ProcessUsage process_;
  ParameterRecorder parameters_;
  ActivationRecorder activations_;
  FindingLog findings_;
  std::deque<MeasuredStep> measured_;  ///< in the order of the steps
  bool saw_bad_loss_ = false;
  bool wants_layers_ = false;
};

}  // namespace suar
