#include "parameter_recorder.h"

#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "histogram_kernel.h"
#include "tensor_statistics.h"

namespace suar {

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
    Gradient& gradient = gradients_read_[i];
    gradient.defined = true;
    gradient.numbers = compute_statistics(tensor);
    const auto size = gradient.numbers.finite + gradient.numbers.nonfinite();
    const bool is_bias = tensor.dim() == 1 && !tensor.is_sparse();
    gradient.silent =
        is_bias ? tensor.detach().eq(0) : at::full({1}, gradient.numbers.zeros == size, at::kBool);
  }
}

std::vector<ParameterStatistics> ParameterRecorder::record(bool with_histograms,
                                                           std::vector<Summary>& summaries) {
  const at::NoGradGuard no_grad;
  if (gradients_read_.empty()) read_gradients();
  // Taken, not read: should something throw, the next step must not find them.
  const std::vector<Gradient> gradients = std::exchange(gradients_read_, {});
  const bool kept = std::exchange(kept_, false);
  std::vector<ParameterStatistics> statistics;
  statistics.reserve(parameters_.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    statistics.push_back(record_weight(i, kept, with_histograms, summaries));
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

void ParameterRecorder::record_gradient(std::size_t index, const Gradient& gradient,
                                        bool with_histograms, std::vector<Summary>& summaries,
                                        ParameterStatistics& result) {
  if (!gradient.defined) return;
  const auto finite = static_cast<double>(gradient.numbers.finite);
  result.gradient_norm = std::sqrt(gradient.numbers.sum_squares);
  result.gradient_mean_abs = finite > 0 ? gradient.numbers.sum_abs / finite : 0;
  result.gradient_nonfinite = static_cast<double>(gradient.numbers.nonfinite());
  result.gradient_zeros =
      static_cast<double>(gradient.numbers.zeros) / (finite + result.gradient_nonfinite);
  result.dead_units = observe_dead_units(index, gradient.silent);
  if (with_histograms && gradients_) {
    summaries.push_back({"Gradients/" + names_[index], make_histogram(gradient.numbers), ""});
  }
}

double ParameterRecorder::observe_dead_units(std::size_t index, const torch::Tensor& silent) {
  torch::Tensor& count = silent_[index];
  if (!count.defined() || count.sizes() != silent.sizes()) count = at::zeros_like(silent, at::kInt);
  count = at::where(silent, count + 1, at::zeros_like(count));
  return count.ge(kDeadObservations).to(at::kFloat).mean().item<double>();
}

}  // namespace suar
