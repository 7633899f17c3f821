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
    if (due.statistics) {
      parameters_.read_gradients();  // their norm, too
    } else if (due.scalars) {
      scalars_.read_gradients();
    }
  });
}

void StepRecorder::measure(const Batch& batch, StepTimer& timer, Schedule& schedule) {
  MeasuredStep& step = measured_.emplace_back();
  step.record.step = schedule.step();
  step.with_scalars = schedule.due().scalars;
  if (step.with_scalars) {
    failures_.attempt("log the loss", [&] { measure_scalars(batch, schedule, step); });
  }
  const Due& due = schedule.due();
  step.with_histograms = due.histograms;
  if (due.statistics) {
    scalars_.forget_gradients();
    failures_.attempt("log the parameters",
                      [&] { step.parameters = parameters_.measure(step.transfer); });
    failures_.attempt("log the activations",
                      [&] { step.activations = activations_.measure(step.transfer); });
  } else if (due.scalars) {
    failures_.attempt("log the norm of the gradients",
                      [&] { scalars_.measure_norms(step.scalars, step.transfer); });
  }
  bool sent = false;
  failures_.attempt("fetch what was measured", [&] {
    step.transfer.start();
    sent = true;
  });
  if (!sent) {
    measured_.pop_back();
    return;
  }
  if (due.scalars) take_numbers(batch, timer, step.record.summaries);
  if (due.system) {
    failures_.attempt("log the memory", [&] { append(process_.take(), step.record.summaries); });
  }
}

void StepRecorder::measure_scalars(const Batch& batch, Schedule& schedule, MeasuredStep& step) {
  step.scalars = scalars_.measure(batch, step.transfer);
  if (step.scalars.loss && step.transfer.has_arrived() &&
      is_first_bad_loss(*step.transfer.at(*step.scalars.loss))) {
    schedule.make_layers_due();
  }
}

/// The first bad loss is the moment at which everybody wants to see the layers.
bool StepRecorder::is_first_bad_loss(double loss) {
  return !std::isfinite(loss) && !std::exchange(saw_bad_loss_, true);
}

/// The numbers for which no device is waited, but by a metric of the user's.
void StepRecorder::take_numbers(const Batch& batch, StepTimer& timer,
                                std::vector<Summary>& summaries) {
  for (const MetricFunction& metric : metrics_) {
    failures_.attempt("log the metric " + metric.name, [&] {
      summaries.push_back({metric_tag(metric.name, "train"), metric.compute(batch)});
    });
  }
  failures_.attempt("log the learning rates", [&] { append(learning_rates_.take(), summaries); });
  failures_.attempt("log the times", [&] { append(timer.take(), summaries); });
}

std::vector<StepRecorder::Record> StepRecorder::take(bool wait) {
  std::vector<Record> records;
  while (!measured_.empty()) {
    MeasuredStep& step = measured_.front();
    bool arrived = false, lost = true;
    failures_.attempt("fetch what was measured", [&] {
      if (wait) step.transfer.wait();
      arrived = step.transfer.has_arrived();
      lost = false;
    });
    if (!arrived && !lost) break;
    if (arrived) {
      finish(step);
      records.push_back(std::move(step.record));
    }
    measured_.pop_front();
  }
  return records;
}

void StepRecorder::finish(MeasuredStep& step) {
  std::vector<Summary>& summaries = step.record.summaries;
  StepStatistics statistics;
  statistics.step = step.record.step;
  failures_.attempt("log the loss",
                    [&] { scalars_.record(step.scalars, step.transfer, summaries); });
  if (step.scalars.loss) {
    statistics.has_loss = true;
    statistics.loss = *step.transfer.at(*step.scalars.loss);
    progress_.set_loss(statistics.loss);
    if (is_first_bad_loss(statistics.loss)) wants_layers_ = true;
  }
  if (step.scalars.accuracy) progress_.set_accuracy(*step.transfer.at(*step.scalars.accuracy));
  if (!step.parameters.empty()) {
    failures_.attempt("log the parameters", [&] {
      statistics.parameters = parameters_.record(std::move(step.parameters), step.transfer,
                                                 step.with_histograms, summaries);
    });
  }
  failures_.attempt("log the activations", [&] {
    activations_.record(std::move(step.activations), step.transfer, step.with_histograms,
                        summaries);
  });
  if (step.with_scalars) {
    failures_.attempt("log the findings",
                      [&] { append(findings_.observe(statistics), summaries); });
  }
}

}  // namespace suar
