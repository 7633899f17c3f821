#include "step_recorder.h"

#include <cmath>
#include <utility>

#include "metric_tag.h"
#include "parameter_selection.h"

namespace suar {
namespace {

void append(std::vector<Summary> more, std::vector<Summary>& summaries) {
  for (Summary& summary : more) summaries.push_back(std::move(summary));
}

}  // namespace

StepRecorder::StepRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
                           ProgressReport& progress, FailureReport& failures)
    : StepRecorder(models, select_parameters(models, options), options, progress, failures) {}

StepRecorder::StepRecorder(const std::vector<TrainedModel>& models,
                           const std::vector<SelectedParameters>& selected,
                           const CallbackOptions& options, ProgressReport& progress,
                           FailureReport& failures)
    : progress_(progress),
      failures_(failures),
      scalars_(selected, options.gradients()),
      metrics_(options.metrics()),
      learning_rates_(models),
      parameters_(selected, options),
      activations_(options),
      findings_(selected, options.print_findings(), progress) {}

void StepRecorder::prepare(const Due& due) {
  activations_.begin_step(due.statistics);
  if (!due.statistics) return;
  failures_.attempt("keep the weights", [&] { parameters_.keep_weights(); });
}

void StepRecorder::read_gradients(const Due& due) {
  failures_.attempt("read the gradients", [&] {
    if (due.scalars) scalars_.read_gradients();
    if (due.statistics) parameters_.read_gradients();
  });
}

std::vector<Summary> StepRecorder::record(const Batch& batch, StepTimer& timer,
                                          Schedule& schedule) {
  std::vector<Summary> summaries;
  StepStatistics statistics;
  statistics.step = schedule.step();
  if (schedule.due().scalars) {
    failures_.attempt("log the loss", [&] { record_loss(batch, summaries, statistics); });
    record_numbers(batch, timer, summaries);
  }
  // The first bad loss is the moment at which everybody wants to see the layers.
  if (statistics.has_loss && !std::isfinite(statistics.loss) &&
      !std::exchange(saw_bad_loss_, true)) {
    schedule.make_layers_due();
  }
  if (schedule.due().system) {
    failures_.attempt("log the memory", [&] { append(process_.take(), summaries); });
  }
  if (schedule.due().statistics) {
    failures_.attempt("log the parameters", [&] {
      statistics.parameters = parameters_.record(schedule.due().histograms, summaries);
    });
    failures_.attempt("log the activations",
                      [&] { activations_.record(schedule.due().histograms, summaries); });
  }
  if (schedule.due().scalars) {
    failures_.attempt("log the findings",
                      [&] { append(findings_.observe(statistics), summaries); });
  }
  return summaries;
}

void StepRecorder::record_loss(const Batch& batch, std::vector<Summary>& summaries,
                               StepStatistics& statistics) {
  const ScalarRecorder::Result result = scalars_.record(batch, summaries);
  if (result.loss) {
    statistics.has_loss = true;
    statistics.loss = *result.loss;
    progress_.set_loss(*result.loss);
  }
  if (result.accuracy) progress_.set_accuracy(*result.accuracy);
}

/// The numbers for which no device is waited, but by a metric of the user's.
void StepRecorder::record_numbers(const Batch& batch, StepTimer& timer,
                                  std::vector<Summary>& summaries) {
  for (const MetricFunction& metric : metrics_) {
    failures_.attempt("log the metric " + metric.name, [&] {
      summaries.push_back({metric_tag(metric.name, "train"), metric.compute(batch)});
    });
  }
  failures_.attempt("log the learning rates", [&] { append(learning_rates_.take(), summaries); });
  failures_.attempt("log the times", [&] { append(timer.take(), summaries); });
}

}  // namespace suar
