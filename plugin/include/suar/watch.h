#pragma once

#include <ostream>
#include <string>
#include <utility>

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

namespace suar {

class ActivationRecorder;

namespace detail {
/// Who records the activations of the step that this thread trains; null while none is due.
inline thread_local ActivationRecorder* activation_recorder = nullptr;

void record_activation(const torch::Tensor& activation, const char* name);
}  // namespace detail

/// Returns `activation` as it is, and lets a `TrainingCallback` see it on the way:
///
///     torch::Tensor NetImpl::forward(torch::Tensor x) {
///       x = suar::watch(torch::relu(conv1->forward(x)), "conv1.relu");
///
/// On the steps on which a callback takes statistics (`CallbackOptions::statistics_every`) it logs
/// the histogram `Activations/<name>`, the share of zeros `ActivationZeros/<name>`, the number of
/// NaN and infinite elements `ActivationNonFinite/<name>`, and, where the activation takes part in
/// a backward pass, the histogram of its gradient `ActivationGradients/<name>` and the number of
/// its NaN and infinite elements `ActivationGradientNonFinite/<name>`. On all others, and in a
/// program without a callback, this costs one branch.
///
/// The diagnosis names a place that stays all zeros, and of those where values are NaN or infinite
/// the first one that the forward pass came to: watch some, and it says where they come from, if
/// statistics were due at that step. In a training of several models begin names with the model's
/// ("generator.relu1"), so that it can tell whose they are.
///
/// Of a name that is used several times in a step, the last use counts. Only passes with gradients
/// enabled, in the thread that trains, are seen: a validation under `torch::NoGradGuard` is not.
/// A callback that moves to another thread watches there from its next step on.
/// Where several callbacks are at work in one thread, the one sees it whose `on_batch_begin` was
/// called last: call that of each before its model's forward pass.
/// On a step that is due it takes a pass over the activation, but does not wait for an
/// accelerator. Never throws.
inline torch::Tensor watch(torch::Tensor activation, const char* name) {
  if (detail::activation_recorder != nullptr) detail::record_activation(activation, name);
  return activation;
}

/// `watch` as a module, for a `torch::nn::Sequential`:
///
///     Sequential(Conv2d(1, 16, 3), ReLU(), suar::Probe("conv1.relu"), MaxPool2d(2));
///
/// It has no parameters, but counts among the children: those behind it are numbered one higher.
class ProbeImpl : public torch::nn::Cloneable<ProbeImpl> {
 public:
  explicit ProbeImpl(std::string name) : name_(std::move(name)) {}

  torch::Tensor forward(torch::Tensor activation) {
    return watch(std::move(activation), name_.c_str());
  }

  void reset() override {}
  void pretty_print(std::ostream& stream) const override {
    stream << "suar::Probe(\"" << name_ << "\")";
  }

 private:
  std::string name_;
};
TORCH_MODULE(Probe);

}  // namespace suar
