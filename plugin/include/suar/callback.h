#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <torch/arg.h>
#include <torch/types.h>

namespace suar {

/// What a step made of a batch. All may be left out.
///
/// Accuracy and confusion matrix are those of scores and classes, as `cross_entropy` takes them:
/// also of each pixel (`[N, classes, H, W]` and `[N, H, W]`) or word of a sample. A target that is
/// no class, like the -100 that losses ignore, is not judged. Of one score a sample, `[N]` or
/// `[N, 1]`, nobody can tell whether it is a logit or a probability: give the accuracy as a metric.
///
///     options.metrics({{"accuracy", [](const suar::Batch& batch) {
///       const auto right = batch.output.gt(0).eq(batch.target.gt(0.5));  // of logits
///       return right.to(torch::kFloat).mean().item<double>();
///     }}});
///
/// Tensors are kept, not copied, until the next batch begins, and of the last batches of an epoch
/// until `Callback::on_epoch_end`: so do not fill them anew in place, nor reuse their memory. Those
/// that do not own theirs (`torch::from_blob` without a deleter) are copied, as far as they are
/// shown.
struct Batch {
  torch::Tensor loss = {};  ///< one number
  /// Scores `[N, classes, ...]` of a classification of at least two classes: logits, log
  /// probabilities or probabilities, which are told by their sum.
  torch::Tensor output = {};
  torch::Tensor target = {};  ///< classes `[N, ...]` or `[N, 1, ...]`, integer or bool
  /// For the sample images: pictures `[N, C, H, W]` of 1 to 4 channels; `[N, H, W]` only where
  /// `CallbackOptions::sample_range` is set, since sequences look the same.
  torch::Tensor input = {};
};

/// Names and values: `{{"loss", 0.31}, {"accuracy", 0.89}}`.
struct Metrics : std::vector<std::pair<std::string, double>> {
  using vector::vector;

  /// How many samples they were taken of: `Metrics{{"loss", 0.31}}.samples(2500)`. In distributed
  /// training the mean over the ranks counts each rank by these; give them on all ranks or on none.
  /// Default: 0, each rank counts alike.
  TORCH_ARG(int64_t, samples) = 0;
};

/// Something that watches a training loop: `TrainingCallback`, or one of your own beside it. A hook
/// that is not overridden does nothing, and a loop may leave out those that none of its callbacks
/// needs. Hooks are called by the thread that trains; what they throw reaches the loop.
class Callback {
 public:
  virtual ~Callback() = default;

  /// Called when training begins. `sample_input` is a batch as the model takes it, or undefined.
  virtual void on_train_begin(const torch::Tensor& /*sample_input*/ = {}) {}

  /// Called when epoch `epoch`, counted from 0, begins.
  virtual void on_epoch_begin(int64_t /*epoch*/) {}

  /// Called when a batch is there, before the model sees it.
  virtual void on_batch_begin() {}

  /// Called when the loss is computed, before `loss.backward()`.
  virtual void on_before_backward() {}

  /// Called when `loss.backward()` is done, before the optimizer's step (and before clipping). In a
  /// training of several models `model` names the one that this backward pass was for; `loss` is
  /// then its loss, if the loop tells.
  virtual void on_after_backward(const std::string& /*model*/ = {},
                                 const torch::Tensor& /*loss*/ = {}) {}

  /// Called when a batch is done: after the optimizer's step, before the gradients are zeroed.
  virtual void on_batch_end(const Batch& /*batch*/) {}

  /// Called when a batch of a validation is done, with what the model made of it.
  virtual void on_validation_batch_end(const Batch& /*batch*/) {}

  /// Called when a validation is done, with what it measured.
  virtual void on_validation_end(const Metrics& /*validation*/) {}

  /// Called when an epoch is done, with the metrics of a validation at its end, if there was one
  /// for which `on_validation_end` was not called.
  virtual void on_epoch_end(const Metrics& /*validation*/ = {}) {}

  /// Called when training is done.
  virtual void on_train_end() {}

  /// Called where an exception is caught that ended the training.
  virtual void on_exception() {}
};

/// Several callbacks as one; hooks are called in the order in which the callbacks were added.
///
///     EarlyStopping early_stopping(/*patience=*/3);  // your own suar::Callback
///     suar::CallbackList callbacks{recorder, early_stopping};
///
/// The callbacks must outlive the list.
class CallbackList : public Callback {
 public:
  CallbackList(std::initializer_list<std::reference_wrapper<Callback>> callbacks = {})
      : callbacks_(callbacks) {}

  /// Adds a callback behind the others.
  void add(Callback& callback) { callbacks_.emplace_back(callback); }

  void on_train_begin(const torch::Tensor& sample_input = {}) override;
  void on_epoch_begin(int64_t epoch) override;
  void on_batch_begin() override;
  void on_before_backward() override;
  void on_after_backward(const std::string& model = {}, const torch::Tensor& loss = {}) override;
  void on_batch_end(const Batch& batch) override;
  void on_validation_batch_end(const Batch& batch) override;
  void on_validation_end(const Metrics& validation) override;
  void on_epoch_end(const Metrics& validation = {}) override;
  void on_train_end() override;
  void on_exception() override;

 private:
  std::vector<std::reference_wrapper<Callback>> callbacks_;
};

}  // namespace suar
