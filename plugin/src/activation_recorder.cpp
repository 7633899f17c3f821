#include "activation_recorder.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <ATen/ATen.h>

#include <suar/error.h>
#include <suar/watch.h>

#include "histogram_kernel.h"

namespace suar {

namespace detail {
void record_activation(const torch::Tensor& activation, const char* name) {
  activation_recorder->observe(activation, name);
}
}  // namespace detail

/// What was seen under one name.
struct ActivationRecorder::Activation {
  std::mutex mutex;  ///< autograd has threads of its own
  Measured measured;

  void set_gradient(const torch::Tensor& tensor) noexcept {
    const std::lock_guard<std::mutex> lock(mutex);
    try {
      measured.gradient = MeasuredStatistics(tensor);
    } catch (const std::exception& error) {
      measured.failure = error.what();
    }
  }
};

ActivationRecorder::~ActivationRecorder() {
  begin_step(false);
}

void ActivationRecorder::begin_step(bool due) {
  if (due && enabled_) {
    detail::activation_recorder = this;
  } else if (detail::activation_recorder == this) {
    detail::activation_recorder = nullptr;
  }
}

void ActivationRecorder::observe(const torch::Tensor& tensor, const char* name) noexcept {
  if (!at::GradMode::is_enabled() || !tensor.defined()) return;
  try {
    const auto activation = std::make_shared<Activation>();
    activation->measured.name = name;
    const auto same_name =
        std::find_if(activations_.begin(), activations_.end(),
                     [&](const auto& other) { return other->measured.name == name; });
    if (same_name == activations_.end()) {
      activations_.push_back(activation);
    } else {
      *same_name = activation;
    }
    try {
      activation->measured.values = MeasuredStatistics(tensor);
    } catch (const std::exception& error) {
      activation->measured.failure = error.what();
    }
    if (!tensor.requires_grad()) return;
    // The graph may outlive the step, and the callback.
    tensor.register_hook(
        [seen = std::weak_ptr<Activation>(activation)](const torch::Tensor& gradient) {
          if (const auto alive = seen.lock(); alive && gradient.defined()) {
            alive->set_gradient(gradient);
          }
        });
  } catch (const std::exception&) {
    // There is no memory to remember it in: the step goes without.
  }
}

std::vector<ActivationRecorder::Measured> ActivationRecorder::measure(NumberTransfer& transfer) {
  std::vector<Measured> all;
  for (const auto& activation : std::exchange(activations_, {})) {
    const std::lock_guard<std::mutex> lock(activation->mutex);
    all.push_back(std::move(activation->measured));
    all.back().values.add_to(transfer);
    all.back().gradient.add_to(transfer);
  }
  return all;
}

void ActivationRecorder::take(std::vector<Measured> measured, const NumberTransfer& transfer,
                              std::vector<ActivationNumbers>& numbers) {
  std::string failure;
  for (Measured& activation : measured) {
    if (!activation.failure.empty()) failure = activation.name + ": " + activation.failure;
    ActivationNumbers& taken = numbers.emplace_back();
    taken.name = std::move(activation.name);
    if (activation.values.size() > 0) taken.values = activation.values.take(transfer);
    if (activation.gradient.size() > 0) taken.gradient = activation.gradient.take(transfer);
  }
  if (!failure.empty()) throw Error(failure);
}

std::vector<ActivationStatistics> ActivationRecorder::record(
    const std::vector<ActivationNumbers>& activations, bool with_histograms,
    std::vector<Summary>& summaries) {
  std::vector<ActivationStatistics> statistics;
  for (const auto& [name, values, gradient] : activations) {
    if (values) {
      const auto nonfinite = static_cast<double>(values->nonfinite());
      const double size = static_cast<double>(values->finite) + nonfinite;
      if (with_histograms) summaries.push_back({"Activations/" + name, make_histogram(*values)});
      const double zeros = static_cast<double>(values->zeros) / size;
      summaries.push_back({kActivationZerosPrefix + name, zeros});
      statistics.push_back({name, zeros});
      summaries.push_back({"ActivationNonFinite/" + name, nonfinite});
    }
    if (gradient) {
      if (with_histograms) {
        summaries.push_back({"ActivationGradients/" + name, make_histogram(*gradient)});
      }
      summaries.push_back(
          {"ActivationGradientNonFinite/" + name, static_cast<double>(gradient->nonfinite())});
    }
  }
  return statistics;
}

}  // namespace suar
