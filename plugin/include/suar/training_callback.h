#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <torch/optim/optimizer.h>
#include <torch/types.h>

#include <suar/callback.h>
#include <suar/callback_options.h>
#include <suar/diagnosis.h>
#include <suar/summary_writer.h>
#include <suar/trained_model.h>

namespace suar {

/// Records what happens inside a model while it trains: attach one to a training loop.
///
///     suar::TrainingCallback callback(*model, optimizer, suar::CallbackOptions("runs/a"));
///     callback.on_train_begin(sample_batch);
///     for (int epoch = 0; epoch < epochs; ++epoch) {
///       callback.on_epoch_begin(epoch);
///       for (auto& batch : *loader) {
///         ...forward, backward, optimizer.step()...
///         callback.on_batch_end({loss, output, batch.target, batch.data});
///       }
///       callback.on_epoch_end({{"loss", validation_loss}, {"accuracy", validation_accuracy}});
///     }
///
/// What is logged, by tag: `Loss/train`, `Accuracy/train`, `LearningRate`, `TotalGradientNorm`
/// (over all gradients), with several models also `.../<model>` of each; `<Metric>/train` and
/// `<Metric>/validation`; `StepTime/<part>` in milliseconds and `Throughput/<samples or steps>` per
/// second, both means since the point before (on an accelerator, of what the loop waits for);
/// `System/memory_mb`, `System/cpu_percent`; for each parameter the histograms `Weights/<name>`,
/// `Gradients/<name>`, `Updates/<name>` and the statistics of statistics.h; `Samples/train` with
/// `Samples/train/captions` and `Samples/train/tiles`; `ConfusionMatrix/train` with
/// `ConfusionMatrix/train/counts`, and likewise `ConfusionMatrix/validation` (see
/// `on_validation_batch_end`); `Filters/<name>`; what passes `suar::watch`; the graph; `Diagnosis`,
/// `Notes`. Steps count the batches of the whole training, from 0 (see
/// `CallbackOptions::accumulate_batches`).
///
/// The parameters are those that the models have when it is constructed. One that is frozen
/// (`set_requires_grad(false)`) has no gradient as long as that is zero, or the one that it had
/// before the step.
///
/// Models, gradients and the random state are only read. Once constructed, a callback never
/// throws: what cannot be logged is reported once on stderr. Call it from the thread that trains;
/// its calls block for reducing tensors on the steps that are due, and not for the disk (unless the
/// queue is full, see `CallbackOptions::full_queue`) but in `on_train_end` and the destructor.
/// Models and optimizers must outlive it. When it is destroyed, also by an exception in the loop,
/// everything logged is in the file; and when the program ends without destroying it: by exit(), or
/// by an exception that nobody catches, which marks the run as failed.
///
/// Memory: a copy of the recorded parameters where updates are wanted, which stays. On an
/// accelerator, a step on which statistics are due also takes there
///
/// * while a tensor is measured (weights, gradients, updates, activations and their gradients, one
///   after the other): 13 bytes for each of its elements, 17 in half precision or double;
/// * until its numbers have come back: 25 kB for each tensor measured, and as much on the host.
///
/// The largest activation that is watched decides: leave it out, or `CallbackOptions::activations`.
/// A caching allocator keeps what it was asked for once. Other steps take nothing.
///
/// Images, where they are due (at each epoch's end), take the bytes of the sample images some seven
/// times over for a moment: of 4 million pixels, the most there are (see
/// `CallbackOptions::sample_images`), 30 MB a channel. Until then the last batch is kept.
class TrainingCallback : public Callback {
 public:
  /// Begins a run. `model` is a module with its class known (`*model` of a holder or of a
  /// `std::shared_ptr`), so that its `forward` can be traced, or a `torch::jit::Module`. Throws
  /// `suar::Error` when the log directory cannot be written or an option is wrong.
  template <class Model>
  TrainingCallback(Model& model, torch::optim::Optimizer& optimizer, CallbackOptions options = {})
      : TrainingCallback(model, Optimizers{optimizer}, std::move(options)) {}

  /// The same for a model that several optimizers train: `(*model, {sgd, adam}, options)`.
  template <class Model>
  TrainingCallback(Model& model, Optimizers optimizers, CallbackOptions options = {})
      : TrainingCallback(std::vector<TrainedModel>{TrainedModel("", model, std::move(optimizers))},
                         std::move(options)) {
    static_assert(is_trained_model<Model>(),
                  "the model is a torch::nn::Module (pass *model of a holder or of a "
                  "std::shared_ptr) or a torch::jit::Module");
  }

  /// The same for a training of several models, each with a name of its own:
  ///
  ///     suar::TrainingCallback callback({{"generator", *generator, generator_optimizer},
  ///                                      {"discriminator", *discriminator, its_optimizer}},
  ///                                     suar::CallbackOptions("runs/gan"));
  ///
  /// The backward pass for one model adds to the gradients of each other one that it goes through.
  /// So tell for which model it was, as soon as it is done, and the loss:
  ///
  ///     callback.on_batch_begin();
  ///     its_optimizer.zero_grad();
  ///     auto its_loss = judge(images, 1) + judge(generator->forward(noise).detach(), 0);
  ///     its_loss.backward();
  ///     callback.on_after_backward("discriminator", its_loss);
  ///     its_optimizer.step();
  ///     generator_optimizer.zero_grad();
  ///     auto generator_loss = judge(generator->forward(noise), 1);
  ///     generator_loss.backward();  // adds to the gradients of the discriminator
  ///     callback.on_after_backward("generator", generator_loss);
  ///     generator_optimizer.step();
  ///     callback.on_batch_end({{}, {}, {}, images});
  ///
  /// The losses are logged as `Loss/train/<model>`, and each model is diagnosed by its own. Where
  /// one model is trained less often than the others, nothing is logged of its gradients on the
  /// steps without it: choose cadences that meet those with it. The graph is that of the first
  /// model.
  explicit TrainingCallback(std::vector<TrainedModel> models, CallbackOptions options = {});

  ~TrainingCallback() override;
  TrainingCallback(const TrainingCallback&) = delete;
  TrainingCallback& operator=(const TrainingCallback&) = delete;

  /// Called when training begins. `sample_input` is a batch as `forward` takes it: with it the
  /// model's graph is traced, which costs one forward pass. Without it no graph is logged. The
  /// graph of a model that takes several tensors is logged by
  /// `writer().add_graph(model, {tokens, mask})`.
  void on_train_begin(const torch::Tensor& sample_input = {}) override;

  /// Called when epoch `epoch`, counted from 0, begins.
  void on_epoch_begin(int64_t epoch) override;

  /// Called when a batch is there, before the model sees it; may be left out. Lets go of the batch
  /// before, which was kept for the sample images. Where it is called, an update is what was
  /// changed since this call, else since the step before (or the begin of the epoch): then weights
  /// that are exchanged between two steps, for a checkpoint's or averaged ones, are seen as an
  /// update. Where several callbacks are at work in one thread, it tells which one's model runs
  /// next: see `watch`.
  void on_batch_begin() override;

  /// Called when the loss is computed; may be left out. With the other hooks of a batch it tells
  /// where the time goes.
  void on_before_backward() override;

  /// Called when `loss.backward()` is done; may be left out. Where it is called, the gradients are
  /// read here instead of in `on_batch_end`: as backward left them, before they are clipped, and
  /// also when they are zeroed right after the optimizer's step. Learning rates are read here, too:
  /// as the optimizer's step is about to use them, also where a scheduler's step comes before
  /// `on_batch_end`, in which they are read otherwise. With several calls in a step, the last one
  /// counts.
  ///
  /// With several models, `model` is the name of the one that the backward pass was for: only its
  /// gradients are read, and in a step with such a call those that are not named have none. An
  /// empty name stands for all models. `loss` is one number, logged as `Loss/train/<model>` (as
  /// `Loss/train` without a name, unless `Batch::loss` is given).
  void on_after_backward(const std::string& model = {}, const torch::Tensor& loss = {}) override;

  /// Called when a batch is done: after `optimizer.step()` and before the gradients are zeroed.
  void on_batch_end(const Batch& batch) override;

  /// Called when a batch of a validation is done; may be left out. Counts what the model took each
  /// sample for: output and target are all it needs.
  ///
  ///     const torch::NoGradGuard no_grad;
  ///     for (auto& batch : *validation_loader) {
  ///       auto output = model->forward(batch.data);
  ///       ...
  ///       callback.on_validation_batch_end({loss, output, batch.target, batch.data});
  ///     }
  ///
  /// The next `on_validation_end`, `on_epoch_end` or `on_train_end` logs
  /// `ConfusionMatrix/validation` and begins anew. Of several ranks each counts its part; they need
  /// not have as many batches, and not all need validate.
  void on_validation_batch_end(const Batch& batch) override;

  /// Called when a validation is done, at any time: logs its metrics at the last batch done.
  void on_validation_end(const Metrics& validation) override;

  /// Called when an epoch is done. With metrics it calls `on_validation_end` first. A step whose
  /// gradients were to be accumulated over more batches ends here.
  void on_epoch_end(const Metrics& validation = {}) override;

  /// Called when training is done; the destructor calls it otherwise. Blocks until everything is in
  /// the file, which it closes: log a test's result before. What is logged after it, by other
  /// hooks, `log` or `writer()`, is lost, which is reported once.
  void on_train_end() override;

  /// Called where an exception is caught that ended the training: the run is marked as failed. Not
  /// needed where the callback is destroyed on the exception's way, or where nobody catches it.
  /// Blocks like `on_train_end`; nothing is logged after it.
  ///
  ///     suar::TrainingCallback callback(...);
  ///     try {
  ///       train(callback);
  ///     } catch (const std::exception& error) {
  ///       callback.on_exception();
  ///       std::cerr << error.what() << '\n';
  ///     }
  void on_exception() override;

  /// Logs a number of your own under the tag `name`, at `step()`: before `on_batch_end`, the batch
  /// under way. Each call is a point, whatever is due. To be called before `on_train_end`.
  void log(const std::string& name, double value);

  /// The same for a number that the model computed, a tensor of one element: a loss of your own.
  /// It is logged on the steps on which scalars are due (`CallbackOptions::scalar_every`), together
  /// with the loss, so that no step waits for an accelerator as with `tensor.item()`; on others
  /// this costs nanoseconds. Of several calls with one name in a step the last counts.
  void log(const std::string& name, const torch::Tensor& value);

  /// For images, histograms and the like of your own; log them at `step()`, and before
  /// `on_train_end`, which closes it. When you close it yourself, nothing more of the training is
  /// logged. Writes nothing on ranks other than 0 (see `CallbackOptions::process_group`).
  SummaryWriter& writer();

  /// The step that is under way: the number of those done, from `CallbackOptions::purge_step` on.
  int64_t step() const;

  /// Where the run went: see `CallbackOptions::log_directory`. Empty on ranks other than 0.
  const std::filesystem::path& log_directory() const;

  /// What the diagnosis found so far, worst first; of an accelerator, in what has come back. On
  /// ranks other than 0, nothing.
  std::vector<Finding> findings() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
  int exceptions_when_constructed_;  ///< to tell an exception that ends the training
};

}  // namespace suar
