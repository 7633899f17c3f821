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
    if (due.scalars) scalars_.read_gradients();
    if (due.statistics) parameters_.read_gradients();
  });
}

std::vector<Summary> StepRecorder::record(const Batch& batch, StepTimer& timer,
                                          Schedule& schedule) {
  const Due& due = schedule.due();
  RankNumbers numbers;
  numbers.moment = "step " + std::to_string(schedule.step());
  std::vector<Summary> summaries;
  if (!ranks_.takes_part()) return summaries;
  if (due.scalars) {
    take_numbers(batch, timer, schedule.step(), numbers, summaries);
    look_at_loss(numbers, schedule);
  }
  const bool had_layers = due.statistics;
  if (had_layers) take_layers(numbers);
  if (due.scalars) numbers = ranks_.meet(std::move(numbers));
  if (!ranks_.writes()) return {};
  look_at_loss(numbers, schedule);
  if (due.statistics && !had_layers) {
    RankNumbers layers;
    take_layers(layers);
    merge(numbers, layers);
  }
  StepStatistics statistics;
  statistics.step = schedule.step();
  record_numbers(numbers, summaries, statistics);
  if (due.system) {
    failures_.attempt("log the memory", [&] { append(process_.take(), summaries); });
  }
  if (due.statistics) {
    failures_.attempt("log the parameters", [&] {
      statistics.parameters = parameters_.record(numbers.gradients, due.histograms, summaries);
    });
    failures_.attempt("log the activations", [&] {
      summarize_activations(numbers.activations, due.histograms, summaries);
    });
  }
  if (due.scalars) {
    failures_.attempt("log the findings",
                      [&] { append(findings_.observe(statistics), summaries); });
  }
  return summaries;
}

/// Those of the batch and the user's metrics, which may wait for a device, and those for which
/// nobody waits; `own` are the ones that matter on this rank only.
void StepRecorder::take_numbers(const Batch& batch, StepTimer& timer, int64_t step,
                                RankNumbers& numbers, std::vector<Summary>& own) {
  failures_.attempt("log the loss", [&] { scalars_.take(batch, step, numbers.scalars); });
  for (const MetricFunction& metric : metrics_) {
    failures_.attempt("log the metric " + metric.name, [&] {
      numbers.scalars.push_back({metric_tag(metric.name, "train"), step, metric.compute(batch)});
    });
  }
  failures_.attempt("log the learning rates", [&] { append(learning_rates_.take(), own); });
  failures_.attempt("log the times", [&] {
    for (Summary& summary : timer.take()) {
      if (summary.tag == kSamplesPerSecondTag) {
        numbers.scalars.push_back({summary.tag, step, std::get<double>(summary.value), Across::sum,
                                   1, summary.description});
      } else {
        own.push_back(std::move(summary));
      }
    }
  });
}

void StepRecorder::take_layers(RankNumbers& numbers) {
  failures_.attempt("log the gradients", [&] { numbers.gradients = parameters_.take_gradients(); });
  failures_.attempt("log the activations", [&] { activations_.take(numbers.activations); });
}

void StepRecorder::look_at_loss(const RankNumbers& numbers, Schedule& schedule) {
  if (saw_bad_loss_) return;
  for (const RankScalar& scalar : numbers.scalars) {
    if (scalar.tag == kTrainingLossTag && !std::isfinite(scalar.value)) {
      saw_bad_loss_ = true;
      schedule.make_layers_due();
    }
  }
}

void StepRecorder::record_numbers(RankNumbers& numbers, std::vector<Summary>& summaries,
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
