#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <torch/arg.h>

#include <suar/event_writer.h>

namespace suar {

/// Settings of a `TrainingCallback`, each with a chained setter:
/// `CallbackOptions("runs/a").histogram_every(50).epochs(10)`.
struct CallbackOptions {
  CallbackOptions() = default;
  /* implicit */ CallbackOptions(std::string log_directory)  // NOLINT
      : log_directory_(std::move(log_directory)) {}
  /* implicit */ CallbackOptions(const char* log_directory)  // NOLINT
      : log_directory_(log_directory) {}

  /// Where the run goes. When it already holds a run, the new one goes beside it, to "..._2":
  /// nothing is overwritten or mixed. Default: "runs/<date>_<time>_<host>".
  TORCH_ARG(std::string, log_directory);

  /// Steps from one point of loss, accuracy and learning rate to the next; 0 logs none. Reading the
  /// loss waits for an accelerator, so a step should be seldom due there.
  TORCH_ARG(int64_t, scalar_every) = 10;

  /// Steps from one set of histograms and statistics of every parameter to the next; 0 logs none.
  /// These feed the diagnosis.
  TORCH_ARG(int64_t, histogram_every) = 100;

  /// Whether histograms of weights, gradients and updates (what the optimizer's step changed) are
  /// logged. Updates need a copy of the parameters.
  TORCH_ARG(bool, weights) = true;
  TORCH_ARG(bool, gradients) = true;
  TORCH_ARG(bool, updates) = true;

  /// Greatest number of inputs shown as sample images at the end of an epoch; 0 shows none.
  TORCH_ARG(int64_t, sample_images) = 64;

  /// Names of the classes, for the captions of the sample images. Default: their numbers.
  TORCH_ARG(std::vector<std::string>, class_names);

  /// Whether the model's graph is logged at the beginning.
  TORCH_ARG(bool, graph) = true;

  /// Whether findings of the diagnosis are printed as they appear; they are logged in any case.
  TORCH_ARG(bool, print_findings) = true;

  /// Whether a progress line is shown on stderr.
  TORCH_ARG(bool, progress) = true;

  /// How long the training will be: lets the progress line tell the time left. 0: not known.
  TORCH_ARG(int64_t, epochs) = 0;
  TORCH_ARG(int64_t, steps_per_epoch) = 0;

  /// Longest time until something logged is in the file.
  TORCH_ARG(std::chrono::milliseconds, flush_interval) = std::chrono::milliseconds(2000);

  /// What happens when the disk is slower than the training: wait, or drop and count.
  TORCH_ARG(FullQueue, full_queue) = FullQueue::block;
};

}  // namespace suar
