#pragma once

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
#include "parameter_recorder.h"
#include "process_usage.h"
#include "progress_report.h"
#include "scalar_recorder.h"
#include "schedule.h"
#include "step_timer.h"

namespace suar {

/// Takes from a step all that is due of it, each thing with a recorder of its own. What fails is
/// reported and left out.
class StepRecorder {
 public:
  StepRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures);

  /// Before a step: what it changes can be told only with what was before.
  void prepare(const Due& due);

  /// Training is over.
  void finish() { activations_.begin_step(false); }

  /// The gradients are there; else `record` takes them as it finds them.
  void read_gradients(const Due& due);

  /// After a step. A loss that is not finite makes more due.
  std::vector<Summary> record(const Batch& batch, StepTimer& timer, Schedule& schedule);

  std::vector<Finding> findings() const { return findings_.findings(); }

 private:
  StepRecorder(const std::vector<TrainedModel>& models,
               const std::vector<SelectedParameters>& selected, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures);

  void record_loss(const Batch& batch, std::vector<Summary>& summaries, StepStatistics& statistics);
  void record_numbers(const Batch& batch, StepTimer& timer, std::vector<Summary>& summaries);

  ProgressReport& progress_;
  FailureReport& failures_;
  ScalarRecorder scalars_;
  const std::vector<MetricFunction> metrics_;
  LearningRates learning_rates_;
  ProcessUsage process_;
  ParameterRecorder parameters_;
  ActivationRecorder activations_;
  FindingLog findings_;
  bool saw_bad_loss_ = false;
};

}  // namespace suar
