#pragma once

#include <cstdint>
#include <deque>
#include <memory>
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
#include "rank_exchange.h"
#include "rank_numbers.h"
#include "scalar_recorder.h"
#include "schedule.h"
#include "step_timer.h"

namespace suar {

/// Takes from a step all that is due of it, each thing with a recorder of its own. What fails is
/// reported and left out.
///
/// First everything is measured where it lies, which waits for no accelerator; what was measured
/// comes back in one transfer, at this step or some steps later, and only then is made into
/// summaries and judged. Of several ranks all measure what may differ between them, and meet when
/// it has come back; rank 0 does the rest.
class StepRecorder {
 public:
  StepRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures, RankExchange& ranks);
  ~StepRecorder() { activations_->close(); }
  StepRecorder(const StepRecorder&) = delete;
  StepRecorder& operator=(const StepRecorder&) = delete;

  /// The model is about to see a batch: what passes `suar::watch` is this training's.
  void watch(const Due& due) { activations_->begin_step(due.statistics && ranks_.takes_part()); }

  /// What passes `suar::watch` from now on is not.
  void stop_watching() { activations_->end_step(); }

  /// Before a step: what it changes, and which gradients are its own, can be told only with what
  /// was before.
  void keep_weights(const Due& due);
  void see_gradients(const Due& due);

  /// The gradients of a model are there, and, where it is defined, its loss; an empty name stands
  /// for all models. When this is not called in a step, `measure` takes the gradients, and the
  /// learning rates, as it finds them. Where the loss is not finite, more becomes due.
  void read_gradients(const std::string& model, const torch::Tensor& loss, Schedule& schedule);

  /// Keeps a number of the step under way, which is logged with the others when they are due.
  void log(const std::string& name, const torch::Tensor& number, const Due& due);

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
  /// it blocks. Blocks for the other ranks, too, if there are any: they must take the same steps.
  /// What a rank takes that does not write has no summaries.
  std::vector<Record> take(bool wait, Schedule& schedule);

  std::vector<Finding> findings() const { return findings_.findings(); }

 private:
  /// A step whose numbers are on their way.
  struct MeasuredStep {
    Record record;  ///< so far
    bool with_scalars = false, with_layers = false, with_histograms = false;
    NumberTransfer transfer;
    std::vector<RankScalar> known;  ///< for which nobody waits
    ScalarRecorder::Measured scalars;
    std::vector<ParameterRecorder::Measured> parameters;
    std::vector<ActivationRecorder::Measured> activations;
  };

  StepRecorder(const std::vector<TrainedModel>& models,
               const std::vector<SelectedParameters>& selected, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures, RankExchange& ranks);

  std::pair<std::size_t, std::size_t> find_models(const std::string& name) const;
  void take_loss(const torch::Tensor& loss, int32_t model, Schedule& schedule);
  void measure_scalars(const Batch& batch, Schedule& schedule, MeasuredStep& step);
  void measure_layers(const Due& due, MeasuredStep& step);
  static void forget(MeasuredStep& step);
  void take_known(const Batch& batch, StepTimer& timer, MeasuredStep& step);
  void finish(MeasuredStep& step, Schedule& schedule);
  RankNumbers take_numbers(MeasuredStep& step);
  void take_layers(MeasuredStep& step, RankNumbers& numbers);
  void add_layers(const Due& due, MeasuredStep& step, RankNumbers& numbers);
  void record_scalars(RankNumbers& numbers, std::vector<Summary>& summaries,
                      StepStatistics& statistics);
  void look_at_loss(double loss, Schedule& schedule);

  ProgressReport& progress_;
  FailureReport& failures_;
  RankExchange& ranks_;
  const std::vector<std::string> models_;  ///< their names
  ScalarRecorder scalars_;
  const std::vector<MetricFunction> metrics_;
  LearningRates learning_rates_;
  ProcessUsage process_;
  ParameterRecorder parameters_;
  const std::shared_ptr<ActivationRecorder> activations_;
  FindingLog findings_;
  std::deque<MeasuredStep> measured_;  ///< in the order of the steps
  bool saw_bad_loss_ = false;
};

}  // namespace suar
