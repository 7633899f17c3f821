#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace suar {

/// What a progress line says.
struct Progress {
  int64_t epoch = 0;        ///< counted from 0
  int64_t epochs = 0;       ///< 0: not known
  int64_t step = 0;         ///< steps done
  int64_t total_steps = 0;  ///< 0: not known
  std::optional<double> loss;
  std::optional<double> accuracy;  ///< in [0, 1]
  double steps_per_second = 0;     ///< 0: not known yet
};

/// One line: "epoch 2/5  step 1200/4690  loss 0.412  accuracy 85.1 %  212 steps/s  0:16 left".
std::string format_progress(const Progress& progress);

/// Shows the progress on a stream: on a terminal one line that is written over, ten times a second
/// at most, and cut off where the terminal ends, since no line that was wrapped can be; elsewhere a
/// line of its own every ten seconds.
class ProgressLine {
 public:
  /// A training begins `now`.
  ProgressLine(std::FILE* stream, std::chrono::steady_clock::time_point now);

  /// True when `show` would write something now: asking is cheap.
  bool due(std::chrono::steady_clock::time_point now) const;
  void show(const Progress& progress, std::chrono::steady_clock::time_point now);

  /// Ends the line, so that something else can be written below it.
  void finish();

 private:
  std::FILE* stream_;
  bool terminal_;
  bool open_ = false;  ///< the cursor stands behind a line that is to be written over
  std::chrono::steady_clock::time_point next_;
};

}  // namespace suar
