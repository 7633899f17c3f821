#include "parameter_recorder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

namespace suar {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A bias has a unit for each element; any other parameter is one.
bool is_bias(const torch::Tensor& gradient) {
  return gradient.dim() == 1 && gradient.layout() == at::kStrided;
}

/// Whether one can take in, or be set against, the elements of the other.
bool is_same_kind(const torch::Tensor& a, const torch::Tensor& b) {
  return a.defined() && b.defined() && a.sizes() == b.sizes() && a.device() == b.device() &&
         a.scalar_type() == b.scalar_type() && a.layout() == b.layout();
}

/// Whether LibTorch can subtract such tensors.
bool has_differences(const torch::Tensor& tensor) {
  return (tensor.layout() == at::kStrided || tensor.layout() == at::kSparse) &&
         tensor.scalar_type() != at::kBool && !tensor.is_quantized();
}

/// The sum of the squares of all elements, as arithmetic with those that are not finite has it.
double sum_of_squares(const NumberStatistics& numbers) {
  if (numbers.nan > 0) return kNotMeasured;
  return numbers.nonfinite() > 0 ? kInfinity : numbers.sum_squares;
}

/// Mean of |x| over the finite elements; 0 where there are none.
double mean_abs(const NumberStatistics& numbers) {
  return numbers.finite > 0 ? numbers.sum_abs / static_cast<double>(numbers.finite) : 0;
}

double share_of_zeros(const NumberStatistics& numbers) {
  return static_cast<double>(numbers.zeros) /
         static_cast<double>(numbers.finite + numbers.nonfinite());
}

}  // namespace

ParameterRecorder::Parameter::Parameter(const std::string& name, torch::Tensor parameter)
    : tensor(std::move(parameter)),
      weights_tag("Weights/" + name),
      gradients_tag("Gradients/" + name),
      updates_tag("Updates/" + name),
      recording("log the parameter " + name) {
  for (const StatisticTag& tag : suar::statistic_tags())
    statistic_tags.push_back(tag.prefix + name);
}

ParameterRecorder::ParameterRecorder(const std::vector<SelectedParameters>& models,
                                     const CallbackOptions& options, FailureReport& failures)
    : weights_(options.weights()),
      gradients_(options.gradients()),
      updates_(options.updates()),
      failures_(failures) {
  for (const SelectedParameters& model : models) {
    models_.push_back(
        {total_norm_tag(model), parameters_.size(), model.names.size(), model.others.empty()});
    for (std::size_t i = 0; i < model.names.size(); ++i) {
      parameters_.emplace_back(model.names[i], model.tensors[i]);
    }
  }
}

void ParameterRecorder::keep_weights() {
  if (!updates_) return;
  const c10::InferenceMode no_inference(false);  // its tensors could not be written again later
  const at::NoGradGuard no_grad;
  for (Parameter& parameter : parameters_) {
    const torch::Tensor weight = parameter.tensor.detach();
    if (is_same_kind(parameter.kept, weight)) {
      parameter.kept.copy_(weight, /*non_blocking=*/true);
    } else {
      parameter.kept = weight.clone();
    }
  }
  kept_ = true;
}

void ParameterRecorder::see_gradients() {
  for (Parameter& parameter : parameters_) parameter.seen.see(parameter.tensor);
}

void ParameterRecorder::read_gradients(std::size_t model) {
  Model& own = models_.at(model);
  for (std::size_t i = own.first; i < own.first + own.parameters; ++i) {
    Parameter& parameter = parameters_[i];
    const torch::Tensor gradient = parameter.seen.look(parameter.tensor);
    const bool is_there = gradient.defined() && gradient.numel() > 0;
    parameter.gradient = is_there ? MeasuredStatistics(gradient) : MeasuredStatistics();
    parameter.is_frozen = !parameter.tensor.requires_grad();
    parameter.has_units = is_there && !parameter.is_frozen && is_bias(gradient);
    if (parameter.has_units) parameter.dead_units.look(gradient);
  }
  own.gradients_read = true;
}

std::vector<ParameterRecorder::Measured> ParameterRecorder::measure(bool with_weights,
                                                                    NumberTransfer& transfer) {
  const at::NoGradGuard no_grad;
  const bool any_read = std::any_of(models_.begin(), models_.end(),
                                    [](const Model& model) { return model.gradients_read; });
  for (std::size_t i = 0; i < models_.size() && !any_read; ++i) read_gradients(i);
  // At once: should something throw, the next step must not find them.
  for (Model& model : models_) model.gradients_read = false;
  const bool kept = std::exchange(kept_, false);
  std::vector<Measured> all(parameters_.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    failures_.attempt(parameters_[i].recording,
                      [&] { all[i] = measure(parameters_[i], with_weights, kept, transfer); });
  }
  return all;
}

ParameterRecorder::Measured ParameterRecorder::measure(Parameter& parameter, bool with_weight,
                                                       bool with_update, NumberTransfer& transfer) {
  Measured measured;
  measured.gradient = std::exchange(parameter.gradient, {});
  measured.is_frozen = parameter.is_frozen;
  const bool has_units = std::exchange(parameter.has_units, false);
  if (with_weight) measured.weight = MeasuredStatistics(parameter.tensor);
  if (with_update && is_same_kind(parameter.kept, parameter.tensor) &&
      has_differences(parameter.tensor)) {
    // In place: what was kept has served its purpose.
    at::sub_out(parameter.kept, parameter.tensor.detach(), parameter.kept);
    measured.update = MeasuredStatistics(parameter.kept);
  }
  measured.weight.add_to(transfer);
  measured.gradient.add_to(transfer);
  measured.update.add_to(transfer);
  if (has_units) measured.dead_units = transfer.add(parameter.dead_units.count());
  return measured;
}

void ParameterRecorder::take_gradients(std::vector<Measured>& measured,
                                       const NumberTransfer& transfer, int64_t step,
                                       RankNumbers& numbers) {
  if (measured.empty()) return;
  numbers.gradients.reserve(measured.size());
  for (const Model& model : models_) {
    double square = 0;
    bool any = false;
    for (std::size_t i = 0; i < model.parameters; ++i) {
      const std::size_t index = numbers.gradients.size();
      Measured& parameter = measured[index];
      GradientNumbers& gradient = numbers.gradients.emplace_back();
      if (parameter.gradient.size() == 0) continue;
      NumberStatistics gradient_numbers = parameter.gradient.take(transfer);
      const bool silent = gradient_numbers.zeros == parameter.gradient.size();
      if (parameter.is_frozen && silent) continue;
      gradient.numbers = std::move(gradient_numbers);
      any = true;
      gradient.ranks = 1;
      if (parameter.is_frozen) {
        gradient.dead_units = kNotMeasured;
      } else {
        gradient.dead_units = parameter.dead_units ? *transfer.at(*parameter.dead_units)
                                                   : parameters_[index].dead_units.count(silent);
      }
      square += sum_of_squares(gradient.numbers);
    }
    if (any && model.all_recorded) {
      numbers.scalars.push_back(
          {model.norm_tag, step, std::sqrt(square), Across::root_mean_square});
    }
  }
}

std::vector<ParameterStatistics> ParameterRecorder::record(
    std::vector<Measured> measured, const NumberTransfer& transfer,
    const std::vector<GradientNumbers>& gradients, bool with_histograms,
    std::vector<Summary>& summaries) {
  const auto& tags = suar::statistic_tags();
  std::vector<ParameterStatistics> statistics;
  statistics.reserve(measured.size());
  summaries.reserve(summaries.size() + measured.size() * (3 + tags.size()));
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    statistics.push_back(
        record_weight(parameter, measured[i], transfer, with_histograms, summaries));
    if (i >= gradients.size()) continue;  // they could not be taken
    record_gradient(parameter, gradients[i], with_histograms, statistics.back(), summaries);
  }
  for (std::size_t tag = 0; tag < tags.size(); ++tag) {
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      const double value = statistics[i].*tags[tag].member;
      if (!std::isnan(value)) summaries.push_back({parameters_[i].statistic_tags[tag], value});
    }
  }
  return statistics;
}

ParameterStatistics ParameterRecorder::record_weight(const Parameter& parameter, Measured& measured,
                                                     const NumberTransfer& transfer,
                                                     bool with_histograms,
                                                     std::vector<Summary>& summaries) const {
  ParameterStatistics result;
  double weights_square = 0;
  if (measured.weight.size() > 0) {
    const NumberStatistics weights = measured.weight.take(transfer);
    weights_square = weights.sum_squares;
    result.weight_norm = std::sqrt(weights_square);
    result.weight_mean_abs = mean_abs(weights);
    result.weight_zeros = share_of_zeros(weights);
    result.weight_nonfinite = static_cast<double>(weights.nonfinite());
    if (with_histograms && weights_) {
      summaries.push_back({parameter.weights_tag, make_histogram(weights)});
    }
  }
  if (measured.update.size() > 0) {
    const NumberStatistics updates = measured.update.take(transfer);
    result.update_norm = std::sqrt(updates.sum_squares);
    result.update_mean_abs = mean_abs(updates);
    result.update_zeros = share_of_zeros(updates);
    result.update_nonfinite = static_cast<double>(updates.nonfinite());
    if (weights_square > 0) result.update_ratio = std::sqrt(updates.sum_squares / weights_square);
    if (with_histograms) summaries.push_back({parameter.updates_tag, make_histogram(updates)});
  }
  return result;
}

void ParameterRecorder::record_gradient(const Parameter& parameter, const GradientNumbers& gradient,
                                        bool with_histograms, ParameterStatistics& result,
                                        std::vector<Summary>& summaries) const {
  if (gradient.ranks == 0) return;
  const NumberStatistics& numbers = gradient.numbers;
  result.gradient_norm = std::sqrt(numbers.sum_squares / gradient.ranks);
  result.gradient_mean_abs = mean_abs(numbers);
  result.gradient_nonfinite = static_cast<double>(numbers.nonfinite());
  result.gradient_zeros = share_of_zeros(numbers);
  result.dead_units = gradient.dead_units;
  if (with_histograms && gradients_) {
    summaries.push_back({parameter.gradients_tag, make_histogram(numbers)});
  }
}

}  // namespace suar
