#include "parameter_recorder.h"

#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "histogram_kernel.h"
#include "tensor_statistics.h"

namespace suar {
namespace {

/// The units of a layer are those of its bias; where there is none, a layer is one.
std::vector<uint8_t> find_silent_units(const torch::Tensor& gradient,
                                       const NumberStatistics& numbers) {
  if (gradient.dim() != 1 || gradient.is_sparse()) {
    return {numbers.zeros == numbers.finite + numbers.nonfinite()};
  }
  const torch::Tensor silent = gradient.detach().eq(0).to(at::kCPU).contiguous();
  const bool* begin = silent.data_ptr<bool>();
  return std::vector<uint8_t>(begin, begin + silent.numel());
}

}  // namespace

ParameterRecorder::ParameterRecorder(const std::vector<SelectedParameters>& models,
                                     const CallbackOptions& options)
    : weights_(options.weights()), gradients_(options.gradients()), updates_(options.updates()) {
  for (const SelectedParameters& model : models) {
    names_.insert(names_.end(), model.names.begin(), model.names.end());
    parameters_.insert(parameters_.end(), model.tensors.begin(), model.tensors.end());
  }
  silent_.resize(parameters_.size());
}

void ParameterRecorder::keep_weights() {
  if (!updates_ || kept_) return;
  const at::NoGradGuard no_grad;
  kept_weights_.resize(parameters_.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (kept_weights_[i].defined() && kept_weights_[i].sizes() == parameters_[i].sizes()) {
      kept_weights_[i].copy_(parameters_[i].detach());
    } else {
      kept_weights_[i] = parameters_[i].detach().clone();
    }
  }
  kept_ = true;
}

void ParameterRecorder::read_gradients() {
  const at::NoGradGuard no_grad;
  gradients_read_.assign(parameters_.size(), {});
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const torch::Tensor& tensor = parameters_[i].grad();
    if (!tensor.defined() || tensor.numel() == 0) continue;
    GradientNumbers& gradient = gradients_read_[i];
    gradient.ranks = 1;
    gradient.numbers = compute_statistics(tensor);
    gradient.silent = find_silent_units(tensor, gradient.numbers);
  }
}

std::vector<GradientNumbers> ParameterRecorder::take_gradients() {
  if (gradients_read_.empty()) read_gradients();
  return std::exchange(gradients_read_, {});
}

std::vector<ParameterStatistics> ParameterRecorder::record(
    const std::vector<GradientNumbers>& gradients, bool with_histograms,
    std::vector<Summary>& summaries) {
  const at::NoGradGuard no_grad;
  const bool kept = std::exchange(kept_, false);
  std::vector<ParameterStatistics> statistics;
  statistics.reserve(parameters_.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    statistics.push_back(record_weight(i, kept, with_histograms, summaries));
    if (i >= gradients.size()) continue;  // they could not be read
    record_gradient(i, gradients[i], with_histograms, summaries, statistics.back());
  }
  for (const StatisticTag& tag : statistic_tags()) {
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      const double value = statistics[i].*tag.member;
      if (!std::isnan(value)) summaries.push_back({tag.prefix + names_[i], value, ""});
    }
  }
  return statistics;
}

ParameterStatistics ParameterRecorder::record_weight(std::size_t index, bool kept,
                                                     bool with_histograms,
                                                     std::vector<Summary>& summaries) {
  ParameterStatistics result;
  const torch::Tensor& weight = parameters_[index];
  if (weight.numel() == 0) return result;
  const NumberStatistics weights = compute_statistics(weight);
  result.weight_norm = std::sqrt(weights.sum_squares);
  result.weight_nonfinite = static_cast<double>(weights.nonfinite());
  if (with_histograms && weights_) {
    summaries.push_back({"Weights/" + names_[index], make_histogram(weights), ""});
  }
  if (!kept) return result;
  const NumberStatistics updates = compute_statistics(weight.detach() - kept_weights_[index]);
  if (weights.sum_squares > 0) {
    result.update_ratio = std::sqrt(updates.sum_squares / weights.sum_squares);
  }
  if (with_histograms) {
    summaries.push_back({"Updates/" + names_[index], make_histogram(updates), ""});
  }
  return result;
}

void ParameterRecorder::record_gradient(std::size_t index, const GradientNumbers& gradient,
                                        bool with_histograms, std::vector<Summary>& summaries,
                                        ParameterStatistics& result) {
  if (gradient.ranks == 0) return;
  const auto finite = static_cast<double>(gradient.numbers.finite);
  result.gradient_norm = std::sqrt(gradient.numbers.sum_squares / gradient.ranks);
  result.gradient_mean_abs = finite > 0 ? gradient.numbers.sum_abs / finite : 0;
  result.gradient_nonfinite = static_cast<double>(gradient.numbers.nonfinite());
  result.gradient_zeros =
      static_cast<double>(gradient.numbers.zeros) / (finite + result.gradient_nonfinite);
  result.dead_units = observe_dead_units(index, gradient.silent);
  if (with_histograms && gradients_) {
    summaries.push_back({"Gradients/" + names_[index], make_histogram(gradient.numbers), ""});
  }
}

double ParameterRecorder::observe_dead_units(std::size_t index,
                                             const std::vector<uint8_t>& silent) {
  std::vector<int>& counts = silent_[index];
  if (counts.size() != silent.size()) counts.assign(silent.size(), 0);
  std::size_t dead = 0;
  for (std::size_t unit = 0; unit < silent.size(); ++unit) {
    counts[unit] = silent[unit] != 0 ? counts[unit] + 1 : 0;
    if (counts[unit] >= kDeadObservations) ++dead;
  }
  return static_cast<double>(dead) / static_cast<double>(silent.size());
}

}  // namespace suar
