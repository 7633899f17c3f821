#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <suar/event.h>

namespace suar {

/// Where the speed of a whole training is its ranks' together.
inline constexpr char kSamplesPerSecondTag[] = "Throughput/samples";

/// Tells where the time of training steps goes, from the moments at which the loop calls its hooks.
/// The time between two hooks has a name only when no hook between them was left out.
class StepTimer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Moment { step_end, batch_begin, before_backward, after_backward };

  /// What follows is part of the next step, and what came before of none: an epoch begins, or
  /// something else than training is over.
  void restart(TimePoint now);

  /// The time since the last hook is no part of the step.
  void skip(TimePoint now);

  /// A hook is called.
  void mark(Moment moment, TimePoint now);

  /// A batch was part of the step under way.
  void add_samples(int64_t samples) { samples_ += samples; }

  /// A step is done.
  void end_step(TimePoint now);

  /// Means over the steps since the call before: "StepTime/..." in milliseconds, and
  /// "Throughput/...".
  std::vector<Summary> take();

 private:
  /// data, forward, backward, forward_and_backward, optimizer
  static constexpr std::size_t kParts = 5;

  std::optional<TimePoint> step_began_, last_;
  Moment last_moment_ = Moment::step_end;
  std::array<double, kParts> seconds_{};
  double total_seconds_ = 0;
  int64_t steps_ = 0, samples_ = 0;
};

}  // namespace suar
