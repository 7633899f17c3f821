#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <torch/arg.h>

#include <suar/cadence.h>
#include <suar/callback.h>
#include <suar/event_writer.h>
#include <suar/hyper_parameters.h>
#include <suar/pixel_range.h>
#include <suar/process_group.h>

namespace suar {

/// A number that you compute of a training step: `{"f1", [](const Batch& batch) { ... }}`. Called
/// by the thread that trains, on the steps on which scalars are due.
struct MetricFunction {
  std::string name;  ///< "f1" is logged as "F1/train"; a name with a '/' as it is
  std::function<double(const Batch&)> compute;
};

/// Settings of a `TrainingCallback`, each with a chained setter:
/// `CallbackOptions("runs/a").histogram_every(50).epochs(10)`. Where a `Cadence` is asked for, a
/// number is one of steps, and 0 is never.
struct CallbackOptions {
  CallbackOptions() = default;
  /* implicit */ CallbackOptions(std::string log_directory)  // NOLINT
      : log_directory_(std::move(log_directory)) {}
  /* implicit */ CallbackOptions(const char* log_directory)  // NOLINT
      : log_directory_(log_directory) {}
  /* implicit */ CallbackOptions(const std::filesystem::path& log_directory)  // NOLINT
      : log_directory_(log_directory.string()) {}

  /// Where the run goes. Unless `purge_step` says otherwise, when it already holds a run, the new
  /// one goes beside it, to "..._2": nothing is overwritten or mixed. Default:
  /// "runs/<date>_<time>_<host>".
  TORCH_ARG(std::string, log_directory);

  /// Go on with a run, from a checkpoint for example: `log_directory`, which must be given, is
  /// written on, steps count from this one, 0 or greater, and readers drop what the run held at
  /// this step and later. Default: none, a new run.
  TORCH_ARG(std::optional<int64_t>, purge_step);

  /// What the training was begun with, `{{"lr", 0.1}, {"optimizer", "adam"}, {"augment", true}}`:
  /// makes the run a row of TensorBoard's HParams page, also with how it ended. Default: none.
  TORCH_ARG(HyperParameters, hyper_parameters);

  /// What is to be remembered of this run, in Markdown: logged as the text "Notes". Default: none.
  TORCH_ARG(std::string, notes);

  /// When loss, accuracy, metrics, norms over all gradients, learning rates, times and throughput
  /// are logged; whenever `statistics_every` is due, too. More often where steps are slow.
  TORCH_ARG(Cadence, scalar_every) = 10;

  /// When the statistics of every parameter (norms, zeros, non-finite values: see statistics.h) are
  /// logged, also without histograms. These feed the diagnosis: more often finds illnesses sooner.
  TORCH_ARG(Cadence, statistics_every) = 100;

  /// When histograms of every parameter are logged, and the statistics with them. `never()` leaves
  /// the statistics alone, which takes much less room in the file.
  TORCH_ARG(Cadence, histogram_every) = 100;

  /// Which parameters are recorded: regular expressions (ECMAScript), one of which is found in the
  /// name ("features.3.weight"; with several models, "generator.features.3.weight"); none stands
  /// for all. Choose some in large models; `TotalGradientNorm` is over all gradients even so. A
  /// wrong one, and one that is found in no name of any model, throw `suar::Error` from the
  /// constructor.
  TORCH_ARG(std::vector<std::string>, include);

  /// Which of these are not recorded after all: `{"bias$", "^encoder"}`. Default: none. To leave
  /// out a part of a large model. Expressions are checked as those of `include`.
  TORCH_ARG(std::vector<std::string>, exclude);

  /// Metrics of your own beside loss and accuracy; one named "accuracy" replaces that. One that
  /// throws is reported once. Names must differ, also from "loss", or the constructor throws
  /// `suar::Error`. Default: none.
  TORCH_ARG(std::vector<MetricFunction>, metrics);

  /// When the process's memory and CPU use are logged: some microseconds each time. More often to
  /// look for a leak, or for what the loop waits for; `never()` where other tools watch the
  /// process.
  TORCH_ARG(Cadence, system_every) = 100;

  /// Whether histograms of weights, gradients and updates (what the optimizer's step changed) are
  /// logged; without gradients the norm over all of them comes with the statistics alone, and
  /// without updates their ratio to the weights (`UpdateRatio/<name>`) is not logged either.
  /// Updates need a copy of the parameters, made before a step that is due: switch them off where
  /// memory is short.
  TORCH_ARG(bool, weights) = true;
  TORCH_ARG(bool, gradients) = true;
  TORCH_ARG(bool, updates) = true;

  /// Whether what passes `suar::watch` is logged, with the statistics of the parameters. Switch it
  /// off where the activations are so large that a step that is due takes too long.
  TORCH_ARG(bool, activations) = true;

  /// Batches whose gradients are added up for one step of the optimizer. Steps then are counted in
  /// those: one is as many calls of `on_batch_end`, and its values are those of the last. An
  /// epoch's end (or, where that hook is not called, the next one's begin) also ends a step, of
  /// fewer batches, as with `if ((i + 1) % batches == 0 || is_last) optimizer.step()`. From 1 up,
  /// or the constructor throws `suar::Error`. Set it where the loop does so.
  TORCH_ARG(int64_t, accumulate_batches) = 1;

  /// When images are logged: samples, the confusion matrix and the filters. Every epoch is at its
  /// end. Choose steps where epochs are long or there are none, and `once()` or fewer steps where
  /// epochs are so short that pictures fill the file.
  TORCH_ARG(Cadence, image_every) = every_epoch();

  /// Greatest number of inputs shown as sample images, from 0 up; 0 shows none. All together have
  /// at most 4 million (2^22) pixels: of larger pictures fewer are shown, down to one, and of one
  /// that is larger by itself every second (third...) row and column. Choose fewer where the file
  /// grows too large, or the end of an epoch takes too long.
  TORCH_ARG(int64_t, sample_images) = 64;

  /// Which numbers are black and white in inputs of floating point: `PixelRange{-1, 1}`. Set it to
  /// see whether the network is fed what you think, to compare one epoch with another, and for
  /// inputs `[N, H, W]`, which are shown only then. Default: none, the least and the greatest
  /// finite number of those that are shown together, whatever they are, so that normalised inputs
  /// can be recognised. Inputs of `uint8` and `bool` are shown as they are.
  TORCH_ARG(std::optional<PixelRange>, sample_range);

  /// Whether the confusion matrix of a classification of up to 100 classes is logged. That of the
  /// training counts, since the one before, the batches of the steps on which scalars are due, and
  /// comes with the other images; that of a validation counts the batches of
  /// `on_validation_batch_end`, and comes with its end, unless `image_every` is never. Switch it
  /// off where classes mean little, as the words of a language model or pixels of a generated
  /// picture.
  TORCH_ARG(bool, confusion_matrix) = true;

  /// Whether the filters of the first convolution (the first `Conv2d`, or else parameter of four
  /// dimensions, of more than one pixel) are logged as an image, where it looks at 1, 3 or 4
  /// channels. Switch it off where they are too small to say anything, or frozen.
  TORCH_ARG(bool, filters) = true;

  /// Names of the classes, for the confusion matrix and the captions of the sample images. Default:
  /// their numbers.
  TORCH_ARG(std::vector<std::string>, class_names);

  /// Whether the model's graph is logged at the beginning. Switch it off where `forward` must not
  /// run once more.
  TORCH_ARG(bool, graph) = true;

  /// The processes that train the model together, each with a callback of its own: rank 0 writes
  /// the one run, of what all have seen. Set it in distributed training:
  /// `process_group(suar::c10d_process_group(group))`. Default: none, this process alone.
  ///
  /// In the constructor, on the steps on which scalars are due, at the end of an epoch and in
  /// `on_train_end` the ranks meet: each waits for the slowest, and for its own accelerator. So all
  /// need the same cadences and `accumulate_batches`, as many steps, and the same of these hooks;
  /// `log` and the hooks of a validation any may call or not. Where settings differ, the
  /// constructor says on stderr in which, and logging goes on as if the others could not be
  /// reached.
  ///
  /// * Loss, metrics of your own and what is logged by `log`: the mean over the ranks that have it;
  ///   of validations, too, each rank counting by its `Metrics::samples`. Accuracy: of the samples
  ///   of all ranks. `Throughput/samples` and the counts of the confusion matrices: the sum.
  /// * `Gradients/<name>`, `Activations/<name>` and `ActivationGradients/<name>`: the elements of
  ///   all ranks in one histogram, as shares of zeros, means and counts of non-finite values are
  ///   over all of them. Norms: the root mean square of the ranks' norms, which is the norm where
  ///   gradients were averaged. To see gradients as they differ, call `on_after_backward` before
  ///   averaging them. Share of dead units: the least of any rank.
  /// * Weights, updates, learning rates, step times, memory, other images, graph: rank 0's.
  /// * Findings, progress (with what validations came to on all ranks, once they have met) and
  ///   hyper-parameters: on rank 0 alone.
  ///
  /// When a rank cannot be reached (the group says so, or its timeout is over), that is reported
  /// once on each other rank, they never meet again, and rank 0 logs its own values: a group that
  /// can train without that rank goes on. Where an exception ends the training, or `on_train_end`
  /// is not called, ranks meet no more, and rank 0 logs its own of what was logged since.
  ///
  /// To give each rank a run of its own instead, leave this out and set `log_directory` to
  /// "runs/a/rank_" + std::to_string(rank).
  TORCH_ARG(std::shared_ptr<ProcessGroup>, process_group);

  /// Whether findings of the diagnosis are printed on stderr as they appear; they are logged in any
  /// case. Switch it off where the loop prints `TrainingCallback::findings()` itself, or stderr is
  /// read by a program.
  TORCH_ARG(bool, print_findings) = true;

  /// Whether a progress line is shown on stderr. Switch it off where the loop prints its own.
  TORCH_ARG(bool, progress) = true;

  /// How long the training will be: lets the progress line tell the time left. 0: not known.
  TORCH_ARG(int64_t, epochs) = 0;
  TORCH_ARG(int64_t, steps_per_epoch) = 0;

  /// Longest time until something logged is in the file. Shorter makes a live dashboard quicker,
  /// and a crash cost less.
  TORCH_ARG(std::chrono::milliseconds, flush_interval) = std::chrono::milliseconds(2000);

  /// What happens when the disk is slower than the training: wait, or drop and count. Drop where a
  /// step must never wait.
  TORCH_ARG(FullQueue, full_queue) = FullQueue::block;
};

}  // namespace suar
