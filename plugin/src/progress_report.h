#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "progress_line.h"

namespace suar {

/// Tells on a stream how a training goes: a progress line, and a line for each validation.
class ProgressReport {
 public:
  /// `epochs` and `steps_per_epoch`: how long the training, which begins `now`, will be; 0 is not
  /// known.
  ProgressReport(bool enabled, int64_t epochs, int64_t steps_per_epoch, std::FILE* stream = stderr,
                 std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

  void set_epoch(int64_t epoch) { progress_.epoch = epoch; }
  void set_loss(double loss) { progress_.loss = loss; }
  void set_accuracy(double accuracy) { progress_.accuracy = accuracy; }

  /// Shows the line when it is time for it; `step` steps are done.
  void show(int64_t step, std::chrono::steady_clock::time_point now);

  /// Prints what a validation measured.
  void print_validation(const std::vector<std::pair<std::string, double>>& metrics);

  /// Forgets when the line was last shown: the time until the next step is no step's.
  void pause() { last_shown_.reset(); }

  /// Ends the line, so that something else can be printed below it.
  void finish() {
    if (enabled_) line_.finish();
  }

 private:
  const bool enabled_;
  std::FILE* const stream_;
  ProgressLine line_;
  Progress progress_;
  std::optional<std::pair<std::chrono::steady_clock::time_point, int64_t>> last_shown_;
};

}  // namespace suar
