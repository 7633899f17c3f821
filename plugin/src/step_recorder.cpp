#include "step_recorder.h"

#include <cmath>
#include <string>
#include <utility>
#include <variant>

#include "metric_tag.h"
#include "parameter_selection.h"

namespace suar {
namespace {

void append(std::vector<Summary> more, std::vector<Summary>& summaries) {
  for (Summary& summary : more) summaries.push_back(std::move(summary));
}

}  // namespace

StepRecorder::StepRecorder(const std::vector<TrainedModel>& models, const CallbackOptions& options,
                           ProgressReport& progress, FailureReport& failures, RankExchange& ranks)
    : StepRecorder(models, select_parameters(models, options), options, progress, failures, ranks) {
}

StepRecorder::StepRecorder(const std::vector<TrainedModel>& models,
                           const std::vector<SelectedParameters>& selected,
                           const CallbackOptions& options, ProgressReport& progress,
                           FailureReport& failures, RankExchange& ranks)
    : progress_(progress),
      failures_(failures),
      ranks_(ranks),
      scalars_(selected, options.gradients()),
      metrics_(options.metrics()),
      learning_rates_(models),
      parameters_(selected, options),
      activations_(options),
      findings_(selected, options.print_findings(), progress) {}

void StepRecorder::prepare(const Due& due) {
  activations_.begin_step(due.statistics && ranks_.takes_part());
  if (!due.statistics || !ranks_.writes()) return;
  failures_.attempt("keep the weights", [&] { parameters_.keep_weights(); });
}

void StepRecorder::read_gradients(const Due& due) {
  if (!ranks_.takes_part()) return;
  failures_.attempt("read the gradients", [&] {
    if (due.statistics) {
      parameters_.read_gradients();  // their norm, too
    } else if (due.scalars) {
      scalars_.read_gradients();
    }
  });
}

void StepRecorder::measure(const Batch& batch, StepTimer& timer, Schedule& schedule) {
  if (!ranks_.takes_part()) return;
  MeasuredStep& step = measured_.emplace_back();
  step.record.step = schedule.step();
  step.with_scalars = schedule.due().scalars;
  if (step.with_scalars) {
    failures_.attempt("log the loss", [&] { measure_scalars(batch, schedule, step); });
  }
  const Due& due = schedule.due();
  if (due.statistics) {
    scalars_.forget_gradients();
    measure_layers(due, step);
  } else if (due.scalars) {
    failures_.attempt("log the norm of the gradients",
                      [&] { scalars_.measure_norms(step.scalars, step.transfer); });
  }
  bool sent = false;
  failures_.attempt("fetch what was measured", [&] {
    step.transfer.start();
    sent = true;
  });
  if (!sent) forget(step);
  if (due.scalars) take_known(batch, timer, step);
  if (due.system && ranks_.writes()) {
    failures_.attempt("log the memory", [&] { append(process_.take(), step.record.summaries); });
  }
}

/// What was measured is lost; the step is not, at which other ranks may want to meet.
void StepRecorder::forget(MeasuredStep& step) {
  step.transfer = {};
  step.scalars = {};
  step.parameters.clear();
  step.activations.clear();
}

void StepRecorder::measure_scalars(const Batch& batch, Schedule& schedule, MeasuredStep& step) {
  step.scalars = scalars_.measure(batch, step.transfer);
  if (step.scalars.loss && step.transfer.has_arrived()) {
    look_at_loss(*step.transfer.at(*step.scalars.loss), schedule);
  }
}

void StepRecorder::measure_layers(const Due& due, MeasuredStep& step) {
  step.with_layers = true;
  step.with_histograms = due.histograms;
  failures_.attempt("log the parameters", [&] {
    step.parameters = parameters_.measure(/*with_weights=*/ranks_.writes(), step.transfer);
  });
  failures_.attempt("log the activations",
                    [&] { step.activations = activations_.measure(step.transfer); });
}

/// The first bad loss is the moment at which everybody wants to see the layers.
void StepRecorder::look_at_loss(double loss, Schedule& schedule) {
  if (!std::isfinite(loss) && !std::exchange(saw_bad_loss_, true)) schedule.make_layers_due();
}

/// The numbers for which no device is waited, but by a metric of the user's. Those that only this
/// rank has are summaries at once.
void StepRecorder::take_known(const Batch& batch, StepTimer& timer, MeasuredStep& step) {
  for (const MetricFunction& metric : metrics_) {
    failures_.attempt("log the metric " + metric.name, [&] {
      step.known.push_back(
          {metric_tag(metric.name, "train"), step.record.step, metric.compute(batch)});
    });
  }
  std::vector<Summary>& own = step.record.summaries;
  append(learning_rates_.take(failures_), own);
  failures_.attempt("log the times", [&] {
    for (Summary& summary : timer.take()) {
      if (summary.tag == kSamplesPerSecondTag) {
        step.known.push_back({summary.tag, step.record.step, std::get<double>(summary.value),
                              Across::sum, 1, summary.description});
      } else {
        own.push_back(std::move(summary));
      }
    }
  });
}

std::vector<StepRecorder::Record> StepRecorder::take(bool wait, Schedule& schedule) {
  std::vector<Record> records;
  while (!measured_.empty()) {
    MeasuredStep& step = measured_.front();
    bool arrived = false, lost = true;
    failures_.attempt("fetch what was measured", [&] {
      if (wait) step.transfer.wait();
      arrived = step.transfer.has_arrived();
      lost = false;
    });
    if (lost) {
      forget(step);
    } else if (!arrived) {
      break;
    }
    finish(step, schedule);
    records.push_back(std::move(step.record));
    measured_.pop_front();
  }
  return records;
}

void StepRecorder::finish(MeasuredStep& step, Schedule& schedule) {
  RankNumbers numbers = take_numbers(step);
  const bool together = step.with_scalars && ranks_.connected();
  if (together) numbers = ranks_.meet(std::move(numbers));
  if (!ranks_.writes()) {
    step.record.summaries.clear();
    return;
  }
  for (const RankScalar& scalar : numbers.scalars) {
    if (scalar.tag == kTrainingLossTag) look_at_loss(scalar.value, schedule);
  }
  if (together && schedule.due().statistics && !step.with_layers) {
    failures_.attempt("log the layers", [&] { add_layers(schedule.due(), step, numbers); });
  }
  std::vector<Summary>& summaries = step.record.summaries;
  StepStatistics statistics;
  statistics.step = step.record.step;
  record_scalars(numbers, summaries, statistics);
  if (!step.parameters.empty()) {
    failures_.attempt("log the parameters", [&] {
      statistics.parameters =
          parameters_.record(std::move(step.parameters), step.transfer, numbers.gradients,
                             step.with_histograms, summaries);
    });
  }
  if (step.with_layers) {
    failures_.attempt("log the activations", [&] {
      statistics.activations =
          ActivationRecorder::record(numbers.activations, step.with_histograms, summaries);
    });
  }
  if (step.with_scalars) {
    failures_.attempt("log the findings",
                      [&] { append(findings_.observe(statistics), summaries); });
  }
}

RankNumbers StepRecorder::take_numbers(MeasuredStep& step) {
  RankNumbers numbers;
  numbers.moment = "step " + std::to_string(step.record.step);
  failures_.attempt("log the loss", [&] {
    scalars_.take(step.scalars, step.transfer, step.record.step, numbers.scalars);
  });
  for (RankScalar& scalar : step.known) numbers.scalars.push_back(std::move(scalar));
  take_layers(step, numbers);
  return numbers;
}

void StepRecorder::take_layers(MeasuredStep& step, RankNumbers& numbers) {
  failures_.attempt("log the parameters", [&] {
    parameters_.take_gradients(step.parameters, step.transfer, step.record.step, numbers);
  });
  failures_.attempt("log the activations", [&] {
    ActivationRecorder::take(std::move(step.activations), step.transfer, numbers.activations);
  });
}

/// Another rank has shown its layers, or its loss was bad: this one's are wanted after all.
void StepRecorder::add_layers(const Due& due, MeasuredStep& step, RankNumbers& numbers) {
  step.transfer = {};
  measure_layers(due, step);
  step.transfer.start();
  step.transfer.wait();
  RankNumbers layers;
  take_layers(step, layers);
  layers.scalars.clear();  // the norm has met those of the other ranks
  merge(numbers, layers);
}

void StepRecorder::record_scalars(RankNumbers& numbers, std::vector<Summary>& summaries,
                                  StepStatistics& statistics) {
  for (RankScalar& scalar : numbers.scalars) {
    if (scalar.tag == kTrainingLossTag) {
      statistics.has_loss = true;
      statistics.loss = scalar.value;
      progress_.set_loss(scalar.value);
    } else if (scalar.tag == kTrainingAccuracyTag) {
      progress_.set_accuracy(scalar.value);
    }
    summaries.push_back({std::move(scalar.tag), scalar.value, std::move(scalar.description)});
  }
}

}  // namespace suar
