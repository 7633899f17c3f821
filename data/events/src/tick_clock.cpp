#include "tick_clock.h"

#include <cmath>
#include <fstream>
#include <string>

#include <time.h>

namespace suar {
namespace {

constexpr int64_t kLongEnough = 1'000'000'000;  // ns: no pause between two readings counts then

/// True when two lengths of a tick differ by less than a counter's own drift could explain: clocks
/// that are kept in step by a network are slewed by 0.05 % at most.
bool is_same(double length, double other) {
  return std::abs(length - other) <= 1e-3 * other;
}

int64_t nanoseconds_of(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
}

/// True when the kernel itself trusts the counter: it is in step on all processors, at one speed
/// whatever theirs is.
bool kernel_uses_counter() {
  std::string source;
  std::ifstream("/sys/devices/system/clocksource/clocksource0/current_clocksource") >> source;
#if defined(__x86_64__)
  return source == "tsc";
#elif defined(__aarch64__)
  return source == "arch_sys_counter";
#else
  return false;
#endif
}

}  // namespace

void TickTranslator::observe(const Moment& now) {
  latest_ = now;
  const int64_t ticks = now.ticks - first_.ticks;
  const int64_t running = now.running - first_.running;
  if (ticks <= 0) {
    // The machine has slept and counts anew.
    first_ = now;
    return;
  }
  const double length = static_cast<double>(running) / static_cast<double>(ticks);
  if (running >= kLongEnough) {
    // A machine that slept meanwhile has counted fewer ticks than it should: a length is believed
    // when it is what was measured before, or what the stretch before this one said.
    if (!measured_ || is_same(length, nanoseconds_per_tick_) || is_same(length, last_measured_)) {
      nanoseconds_per_tick_ = length;
      measured_ = true;
    }
    last_measured_ = length;
    first_ = now;
  } else if (!measured_) {
    nanoseconds_per_tick_ = length;
  }
}

int64_t TickTranslator::nanoseconds(int64_t ticks) const {
  const int64_t ago = latest_.ticks - ticks;
  // Before the machine slept: when it was, nobody knows.
  if (ago < 0) return latest_.wall;
  return latest_.wall - static_cast<int64_t>(static_cast<double>(ago) * nanoseconds_per_tick_);
}

TickClock::TickClock(bool by_counter)
    : by_counter_(by_counter && kernel_uses_counter()), translator_(now()) {}

int64_t TickClock::wall_nanoseconds() {
  return nanoseconds_of(CLOCK_REALTIME);
}

/// The quickest of some attempts: in others the system may have interrupted us.
TickTranslator::Moment TickClock::now() {
  TickTranslator::Moment best;
  int64_t shortest = INT64_MAX;
  for (int attempt = 0; attempt < 3; ++attempt) {
    TickTranslator::Moment moment;
    const int64_t before = counter();
    moment.wall = wall_nanoseconds();
    moment.running = nanoseconds_of(CLOCK_BOOTTIME);
    const int64_t duration = counter() - before;
    moment.ticks = before + duration / 2;
    if (duration < shortest) {
      shortest = duration;
      best = moment;
    }
  }
  return best;
}

}  // namespace suar
