#include "step_recorder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <variant>

#include <suar/error.h>

#include "append.h"
#include "metric_tag.h"
#include "parameter_selection.h"

namespace suar {
namespace {

std::vector<std::string> names_of(const std::vector<SelectedParameters>& models) {
  std::vector<std::string> names;
  for (const SelectedParameters& model : models) names.push_back(model.model);
  return names;
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
      models_(names_of(selected)),
      scalars_(selected, options),
      metrics_(options.metrics()),
      learning_rates_(models),
      parameters_(selected, options, failures),
      activations_(std::make_shared<ActivationRecorder>(options)),
      findings_(selected, options.print_findings(), progress) {}

void StepRecorder::keep_weights(const Due& due) {
  if (!due.statistics || !ranks_.writes()) return;
  failures_.attempt("keep the weights", [&] { parameters_.keep_weights(); });
}

/// Also those of the layers, which may become due by the loss of this step.
void StepRecorder::see_gradients(const Due& due) {
  if (!due.scalars || !ranks_.takes_part()) return;
  failures_.attempt("see the gradients", [&] {
    scalars_.see_gradients();
    parameters_.see_gradients();
  });
}

void StepRecorder::read_gradients(const std::string& model, const torch::Tensor& loss,
                                  Schedule& schedule) {
  if (!ranks_.takes_part() || !schedule.due().scalars) return;
  failures_.attempt("read the gradients", [&] {
    const auto [begin, end] = find_models(model);
    if (loss.defined()) {
      take_loss(loss, model.empty() ? kEveryModel : static_cast<int32_t>(begin), schedule);
    }
    for (std::size_t i = begin; i < end; ++i) {
      learning_rates_.read(i, failures_);
      scalars_.read_gradients(i, schedule.due().statistics);
      if (schedule.due().statistics) parameters_.read_gradients(i);
    }
  });
}

/// The first of the models of that name, and the one behind the last.
std::pair<std::size_t, std::size_t> StepRecorder::find_models(const std::string& name) const {
  if (name.empty()) return {0, models_.size()};
  const auto found = std::find(models_.begin(), models_.end(), name);
  if (found == models_.end()) {
    throw Error("there is no model \"" + name + "\" among those of this callback.");
  }
  const auto index = static_cast<std::size_t>(found - models_.begin());
  return {index, index + 1};
}

void StepRecorder::take_loss(const torch::Tensor& loss, int32_t model, Schedule& schedule) {
  failures_.attempt("log the loss", [&] {
    scalars_.log_loss(model, loss);
    if (loss.is_cpu()) look_at_loss(loss.item<double>(), schedule);
  });
}

void StepRecorder::log(const std::string& name, const torch::Tensor& number, const Due& due) {
  if (!due.scalars || !ranks_.takes_part()) return;
  failures_.attempt("log a number", [&] {
    check_tag(name);
    scalars_.log(name, number);
  });
}

void StepRecorder::measure(const Batch& batch, StepTimer& timer, Schedule& schedule) {
  if (!ranks_.takes_part()) return;
  MeasuredStep& step = measured_.emplace_back();
  step.record.step = schedule.step();
  step.with_scalars = schedule.due().scalars;
  if (step.with_scalars) measure_scalars(batch, schedule, step);
  const Due& due = schedule.due();
  if (due.statistics) measure_layers(due, step);
  if (due.scalars) {
    failures_.attempt("log the norm of the gradients",
                      [&] { scalars_.measure_norms(due.statistics, step.scalars, step.transfer); });
  }
  scalars_.forget();
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
  if (batch.loss.defined()) {
    failures_.attempt("log the loss", [&] { scalars_.log_loss(kEveryModel, batch.loss); });
  }
  failures_.attempt("log the accuracy",
                    [&] { scalars_.measure(batch, step.scalars, step.transfer); });
  if (!step.transfer.has_arrived()) return;
  for (const auto& [scalar, place] : step.scalars.scalars) {
    if (scalar.meaning == Meaning::loss) look_at_loss(*step.transfer.at(place), schedule);
  }
}

void StepRecorder::measure_layers(const Due& due, MeasuredStep& step) {
  step.with_layers = true;
  step.with_histograms = due.histograms;
  failures_.attempt("log the parameters", [&] {
    step.parameters = parameters_.measure(/*with_weights=*/ranks_.writes(), step.transfer);
  });
  failures_.attempt("log the activations",
                    [&] { step.activations = activations_->measure(step.transfer); });
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
      RankScalar scalar{metric_tag(metric.name, "train"), step.record.step, metric.compute(batch)};
      if (scalar.tag == kTrainingAccuracyTag) scalar.meaning = Meaning::accuracy;
      step.known.push_back(std::move(scalar));
    });
  }
  std::vector<Summary>& own = step.record.summaries;
  append(learning_rates_.take(failures_), own);
  failures_.attempt("log the times", [&] {
    StepTimer::Times times = timer.take();
    append(std::move(times.summaries), own);
    if (!times.samples_per_second) return;
    RankScalar samples{times.samples_per_second->tag, step.record.step,
                       std::get<double>(times.samples_per_second->value), Across::sum};
    samples.description = times.samples_per_second->description;
    step.known.push_back(std::move(samples));
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
    if (scalar.meaning == Meaning::loss) look_at_loss(scalar.value, schedule);
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
    ScalarRecorder::take(std::move(step.scalars), step.transfer, step.record.step, numbers.scalars);
  });
  append(std::move(step.known), numbers.scalars);
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
    if (scalar.meaning == Meaning::accuracy) {
      progress_.set_accuracy(scalar.value);
    } else if (scalar.meaning == Meaning::loss && scalar.model == kEveryModel) {
      statistics.has_loss = true;
      statistics.loss = scalar.value;
      progress_.set_loss(scalar.value);
    } else if (scalar.meaning == Meaning::loss) {
      statistics.losses.push_back(
          {models_.at(static_cast<std::size_t>(scalar.model)), scalar.value});
    }
    summaries.push_back({std::move(scalar.tag), scalar.value, std::move(scalar.description)});
  }
}

}  // namespace suar
