#include "parameter_recorder.h"

#include <cmath>
#include <unordered_set>

#include <ATen/ATen.h>

#include "histogram_kernel.h"
#include "tensor_statistics.h"

namespace suar {

ParameterRecorder::ParameterRecorder(const torch::nn::Module& model, const CallbackOptions& options)
    : weights_(options.weights()), gradients_(options.gradients()), updates_(options.updates()) {
  std::unordered_set<const void*> seen;
  for (const auto& parameter : model.named_parameters()) {
    if (!parameter.value().defined()) continue;
    if (!seen.insert(parameter.value().unsafeGetTensorImpl()).second) continue;
    names_.push_back(parameter.key());
    parameters_.push_back(parameter.value());
  }
  silent_.resize(parameters_.size());
}

void ParameterRecorder::keep_weights() {
  if (!updates_) return;
  const at::NoGradGuard no_grad;
  kept_weights_.resize(parameters_.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (kept_weights_[i].defined() && kept_weights_[i].sizes() == parameters_[i].sizes()) {
      kept_weights_[i].copy_(parameters_[i].detach());
    } else {
      kept_weights_[i] = parameters_[i].detach().clone();
    }
  }
}

std::vector<ParameterStatistics> ParameterRecorder::record(std::vector<Summary>& summaries) {
  const at::NoGradGuard no_grad;
  std::vector<ParameterStatistics> statistics;
  statistics.reserve(parameters_.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    statistics.push_back(record_parameter(i, summaries));
  }
  for (const StatisticTag& tag : statistic_tags()) {
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      const double value = statistics[i].*tag.member;
      if (!std::isnan(value)) summaries.push_back({tag.prefix + names_[i], value, ""});
    }
  }
  return statistics;
}

ParameterStatistics ParameterRecorder::record_parameter(std::size_t index,
                                                        std::vector<Summary>& summaries) {
  ParameterStatistics result;
  const torch::Tensor& weight = parameters_[index];
  if (weight.numel() == 0) return result;
  const auto add_histogram = [&](const char* prefix, const NumberStatistics& numbers) {
    summaries.push_back({prefix + names_[index], make_histogram(numbers), ""});
  };

  const NumberStatistics weights = compute_statistics(weight);
  result.weight_norm = std::sqrt(weights.sum_squares);
  result.weight_nonfinite = static_cast<double>(weights.nonfinite());
  if (weights_) add_histogram("Weights/", weights);

  if (weight.grad().defined()) {
    const NumberStatistics gradients = compute_statistics(weight.grad());
    const auto finite = static_cast<double>(gradients.finite);
    result.gradient_norm = std::sqrt(gradients.sum_squares);
    result.gradient_mean_abs = finite > 0 ? gradients.sum_abs / finite : 0;
    result.gradient_zeros = static_cast<double>(gradients.zeros) /
                            (finite + static_cast<double>(gradients.nonfinite()));
    result.dead_units =
        observe_dead_units(index, weight.grad(), /*all_zero=*/result.gradient_zeros == 1);
    result.gradient_nonfinite = static_cast<double>(gradients.nonfinite());
    if (gradients_) add_histogram("Gradients/", gradients);
  }

  if (updates_ && index < kept_weights_.size()) {
    const NumberStatistics updates = compute_statistics(weight.detach() - kept_weights_[index]);
    if (weights.sum_squares > 0) {
      result.update_ratio = std::sqrt(updates.sum_squares / weights.sum_squares);
    }
    add_histogram("Updates/", updates);
  }
  return result;
}

double ParameterRecorder::observe_dead_units(std::size_t index, const torch::Tensor& gradient,
                                             bool all_zero) {
  const bool is_bias = gradient.dim() == 1 && !gradient.is_sparse();
  const auto without = is_bias ? gradient.detach().eq(0) : at::full({1}, all_zero, at::kBool);
  torch::Tensor& silent = silent_[index];
  if (!silent.defined()) silent = at::zeros_like(without, at::kInt);
  silent = at::where(without, silent + 1, at::zeros_like(silent));
  return silent.ge(kDeadObservations).to(at::kFloat).mean().item<double>();
}

}  // namespace suar
