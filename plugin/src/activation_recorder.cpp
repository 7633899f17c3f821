#include "activation_recorder.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <ATen/ATen.h>

#include <suar/error.h>
#include <suar/watch.h>

#include "histogram_kernel.h"

namespace suar {
namespace {
thread_local std::shared_ptr<ActivationRecorder> kept_recorder;  // detail::activation_recorder
}

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

/// A hook of a tensor that outlives its step: it is set once, for the activations of all steps.
struct ActivationRecorder::LeafHook {
  LeafHook(std::string its_name, const torch::Tensor& leaf,
           const std::shared_ptr<Activation>& first)
      : name(std::move(its_name)), tensor(leaf.getIntrusivePtr()), activation(first) {}

  const std::string name;
  const c10::weak_intrusive_ptr<c10::TensorImpl> tensor;
  std::mutex mutex;
  std::weak_ptr<Activation> activation;  ///< the last one of that name

  void set_activation(const std::shared_ptr<Activation>& last) {
    const std::lock_guard<std::mutex> lock(mutex);
    activation = last;
  }
  std::shared_ptr<Activation> last() {
    const std::lock_guard<std::mutex> lock(mutex);
    return activation.lock();
  }
};

void ActivationRecorder::begin_step(bool due) {
  const auto here = std::this_thread::get_id();
  if (thread_ != here) {
    const std::lock_guard<std::mutex> lock(mutex_);
    thread_ = here;
    activations_.clear();  // of the thread before
  }
  if (due && enabled_) {
    if (kept_recorder.get() != this) kept_recorder = shared_from_this();
    detail::activation_recorder = this;
  } else {
    detail::activation_recorder = nullptr;
  }
}

void ActivationRecorder::end_step() {
  if (detail::activation_recorder == this) detail::activation_recorder = nullptr;
}

void ActivationRecorder::close() {
  end_step();
  const std::lock_guard<std::mutex> lock(mutex_);
  thread_ = std::thread::id();
  activations_.clear();
}

void ActivationRecorder::observe(const torch::Tensor& tensor, const char* name) noexcept {
  if (!at::GradMode::is_enabled() || !tensor.defined()) return;
  try {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (thread_ != std::this_thread::get_id()) {  // the training went on elsewhere, or ended
      detail::activation_recorder = nullptr;
      return;
    }
    if (name == nullptr) name = "";
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
    if (tensor.requires_grad()) watch_gradient(tensor, activation);
  } catch (const std::exception&) {
    // There is no memory to remember it in: the step goes without.
  }
}

void ActivationRecorder::watch_gradient(const torch::Tensor& tensor,
                                        const std::shared_ptr<Activation>& activation) {
  const auto look = [](const std::shared_ptr<Activation>& seen, const torch::Tensor& gradient) {
    if (seen && gradient.defined()) seen->set_gradient(gradient);
  };
  // The graph may outlive the step, and the callback.
  if (!tensor.is_leaf()) {
    tensor.register_hook([look, seen = std::weak_ptr<Activation>(activation)](
                             const torch::Tensor& gradient) { look(seen.lock(), gradient); });
    return;
  }
  const auto same_name =
      std::find_if(leaf_hooks_.begin(), leaf_hooks_.end(),
                   [&](const auto& hook) { return hook->name == activation->measured.name; });
  if (same_name != leaf_hooks_.end() &&
      (*same_name)->tensor.lock().get() == tensor.unsafeGetTensorImpl()) {
    (*same_name)->set_activation(activation);
    return;
  }
  const auto hook = std::make_shared<LeafHook>(activation->measured.name, tensor, activation);
  tensor.register_hook([look, hook = std::weak_ptr<LeafHook>(hook)](const torch::Tensor& gradient) {
    if (const auto alive = hook.lock()) look(alive->last(), gradient);
  });
  if (same_name == leaf_hooks_.end()) {
    leaf_hooks_.push_back(hook);
  } else {
    *same_name = hook;
  }
}

std::vector<ActivationRecorder::Measured> ActivationRecorder::measure(NumberTransfer& transfer) {
  std::vector<Measured> all;
  const std::lock_guard<std::mutex> own_lock(mutex_);
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
      summaries.push_back({kActivationNonFinitePrefix + name, nonfinite});
      statistics.push_back({name, zeros, nonfinite});
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
