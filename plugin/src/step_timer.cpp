#include "step_timer.h"

#include <string>

namespace suar {
namespace {

constexpr std::array<const char*, 5> kPartNames = {"data", "forward", "backward",
                                                   "forward_and_backward", "optimizer"};

using Moment = StepTimer::Moment;

/// Which part of a step lies between two moments, as an index of `kPartNames`.
std::optional<std::size_t> part_between(Moment begin, Moment end) {
  if (begin == Moment::step_end && end == Moment::batch_begin) return 0;
  if (begin == Moment::batch_begin && end == Moment::before_backward) return 1;
  if (begin == Moment::before_backward && end == Moment::after_backward) return 2;
  if (begin == Moment::batch_begin && end == Moment::after_backward) return 3;
  if (begin == Moment::after_backward && end == Moment::step_end) return 4;
  return std::nullopt;
}

double seconds_between(StepTimer::TimePoint begin, StepTimer::TimePoint end) {
  return std::chrono::duration<double>(end - begin).count();
}

}  // namespace

void StepTimer::restart(TimePoint now) {
  step_began_ = last_ = now;
  last_moment_ = Moment::step_end;
}

void StepTimer::skip(TimePoint now) {
  if (step_began_ && last_) *step_began_ += now - *last_;
  last_ = now;
}

void StepTimer::mark(Moment moment, TimePoint now) {
  if (last_) {
    if (const auto part = part_between(last_moment_, moment)) {
      seconds_[*part] += seconds_between(*last_, now);
    }
  }
  last_ = now;
  last_moment_ = moment;
}

void StepTimer::end_step(TimePoint now) {
  mark(Moment::step_end, now);
  if (step_began_) {
    total_seconds_ += seconds_between(*step_began_, now);
    ++steps_;
  } else {
    samples_ = 0;  // nobody knows when they began
    seconds_ = {};
  }
  step_began_ = now;
}

std::vector<Summary> StepTimer::take() {
  std::vector<Summary> summaries;
  if (steps_ == 0 || total_seconds_ <= 0) return summaries;
  const auto add = [&](const std::string& tag, double value, const char* what) {
    summaries.push_back({tag, value, what});
  };
  const auto steps = static_cast<double>(steps_);
  add("StepTime/total", 1000 * total_seconds_ / steps, "Milliseconds from batch to batch.");
  for (std::size_t part = 0; part < kParts; ++part) {
    if (seconds_[part] <= 0) continue;
    add(std::string("StepTime/") + kPartNames[part], 1000 * seconds_[part] / steps,
        "Milliseconds a step.");
  }
  add("Throughput/steps", steps / total_seconds_, "Steps a second.");
  if (samples_ > 0) {
    add(kSamplesPerSecondTag, static_cast<double>(samples_) / total_seconds_, "Samples a second.");
  }
  seconds_ = {};
  total_seconds_ = 0;
  steps_ = samples_ = 0;
  return summaries;
}

}  // namespace suar
