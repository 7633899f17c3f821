#include "step_timer.h"

#include <string>

namespace suar {
namespace {

constexpr std::array<const char*, 5> kPartNames = {"data", "forward", "backward",
                                                   "forward_and_backward", "optimizer"};

using Moment = StepTimer::Moment;

/// Which part of a step lies between two moments, as an index of `kPartNames`.
std::optional<std::size_t> part_between(Moment begin, Moment end) {
  if (begin == Moment::batch_end && end == Moment::batch_begin) return 0;
  if (begin == Moment::batch_begin && end == Moment::before_backward) return 1;
  if (begin == Moment::before_backward && end == Moment::after_backward) return 2;
  if (begin == Moment::batch_begin && end == Moment::after_backward) return 3;
  if (begin == Moment::after_backward && end == Moment::batch_end) return 4;
  return std::nullopt;
}

double seconds_between(StepTimer::TimePoint begin, StepTimer::TimePoint end) {
  return std::chrono::duration<double>(end - begin).count();
}

}  // namespace

void StepTimer::restart(TimePoint now) {
  step_began_ = last_ = now;
  last_moment_ = Moment::batch_end;
}

void StepTimer::skip(TimePoint now) {
  if (step_began_ && last_) *step_began_ += now - *last_;
  last_ = now;
}

void StepTimer::mark(Moment moment, TimePoint now) {
  if (last_) {
    if (const auto part = part_between(last_moment_, moment)) {
      seconds_[*part] = seconds_[*part].value_or(0) + seconds_between(*last_, now);
    }
  }
  last_ = now;
  last_moment_ = moment;
}

void StepTimer::end_batch(int64_t samples, TimePoint now) {
  mark(Moment::batch_end, now);
  samples_ += samples;
}

void StepTimer::end_step() {
  if (step_began_) {
    total_seconds_ += seconds_between(*step_began_, *last_);
    ++steps_;
  } else {
    samples_ = 0;  // nobody knows when they began
    seconds_ = {};
  }
  step_began_ = last_;
}

StepTimer::Times StepTimer::take() {
  Times times;
  if (steps_ == 0 || total_seconds_ <= 0) return times;
  const auto add = [&](const std::string& tag, double value, const char* what) {
    times.summaries.push_back({tag, value, what});
  };
  const auto steps = static_cast<double>(steps_);
  add("StepTime/total", 1000 * total_seconds_ / steps, "Milliseconds from batch to batch.");
  for (std::size_t part = 0; part < kParts; ++part) {
    if (!seconds_[part]) continue;
    add(std::string("StepTime/") + kPartNames[part], 1000 * *seconds_[part] / steps,
        "Milliseconds a step.");
  }
  add("Throughput/steps", steps / total_seconds_, "Steps a second.");
  if (samples_ > 0) {
    times.samples_per_second = {
        "Throughput/samples", static_cast<double>(samples_) / total_seconds_, "Samples a second."};
  }
  seconds_ = {};
  total_seconds_ = 0;
  steps_ = samples_ = 0;
  return times;
}

}  // namespace suar
