#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <suar/event.h>

namespace suar {

/// Tells where the time of training steps goes, from the moments at which the loop calls its hooks.
/// The time between two hooks has a name only when no hook between them was left out. A step may
/// have several batches, and a batch several backward passes: the time from one of these to the
/// next has none.
class StepTimer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Moment { batch_end, batch_begin, before_backward, after_backward };

  /// What follows is part of the next step, and what came before of none: an epoch begins, or
  /// something else than training is over.
  void restart(TimePoint now);

  /// The time since the last hook is no part of the step.
  void skip(TimePoint now);

  /// A hook is called.
  void mark(Moment moment, TimePoint now);

  /// A batch of the step under way is done.
  void end_batch(int64_t samples, TimePoint now);

  /// The step is done, since its last batch was.
  void end_step();

  /// Means over the steps since the call before.
  struct Times {
    std::vector<Summary> summaries;  ///< "StepTime/..." in milliseconds, "Throughput/..."
    std::optional<Summary> samples_per_second;  ///< by itself: ranks add theirs up
  };
  Times take();

 private:
  /// data, forward, backward, forward_and_backward, optimizer
  static constexpr std::size_t kParts = 5;

  std::optional<TimePoint> step_began_, last_;
  Moment last_moment_ = Moment::batch_end;
  std::array<std::optional<double>, kParts> seconds_;
  double total_seconds_ = 0;
  int64_t steps_ = 0, samples_ = 0;
};

}  // namespace suar
