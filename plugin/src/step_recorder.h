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
#include "rank_exchange.h"
#include "rank_numbers.h"
#include "scalar_recorder.h"
#include "schedule.h"
#include "step_timer.h"

namespace suar {

/// Takes from a step all that is due of it, each thing with a recorder of its own. What fails is
/// reported and left out. Of several ranks all take what may differ between them, and rank 0 makes
/// summaries of it.
class StepRecorder {
 public:
  StepRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures, RankExchange& ranks);

  /// Before a step: what it changes can be told only with what was before.
  void prepare(const Due& due);

  /// Training is over.
  void finish() { activations_.begin_step(false); }

  /// The gradients are there; else `record` takes them as it finds them.
  void read_gradients(const Due& due);

  /// After a step. A loss that is not finite makes more due. Waits for the other ranks, if there
  /// are any; those that do not write get no summaries.
  std::vector<Summary> record(const Batch& batch, StepTimer& timer, Schedule& schedule);

  std::vector<Finding> findings() const { return findings_.findings(); }

 private:
  StepRecorder(const std::vector<TrainedModel>& models,
               const std::vector<SelectedParameters>& selected, const CallbackOptions& options,
               ProgressReport& progress, FailureReport& failures, RankExchange& ranks);

  void take_numbers(const Batch& batch, StepTimer& timer, int64_t step, RankNumbers& numbers,
                    std::vector<Summary>& own);
  void take_layers(RankNumbers& numbers);
  void record_numbers(RankNumbers& numbers, std::vector<Summary>& summaries,
                      StepStatistics& statistics);

  /// The first bad loss is the moment at which everybody wants to see the layers.
  void look_at_loss(const RankNumbers& numbers, Schedule& schedule);

  ProgressReport& progress_;
  FailureReport& failures_;
  RankExchange& ranks_;
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
