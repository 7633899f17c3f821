#include "tick_clock.h"

#include <fstream>
#include <string>

#include <time.h>

namespace suar {
namespace {

constexpr int64_t kLongEnough = 1'000'000'000;  // ns: no pause between two readings counts then

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

TickClock::TickClock(bool by_counter)
    : by_counter_(by_counter && kernel_uses_counter()), first_(now()), latest_(first_) {}

int64_t TickClock::wall_nanoseconds() {
  return nanoseconds_of(CLOCK_REALTIME);
}

/// The quickest of some attempts: in others the system may have interrupted us.
TickClock::Moment TickClock::now() {
  Moment best;
  int64_t shortest = INT64_MAX;
  for (int attempt = 0; attempt < 3; ++attempt) {
    Moment moment;
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

void TickClock::observe() {
  if (!by_counter_) return;
  latest_ = now();
  const int64_t ticks = latest_.ticks - first_.ticks;
  const int64_t running = latest_.running - first_.running;
  if (ticks <= 0) {
    // The machine has slept and counts anew.
    first_ = latest_;
    return;
  }
  const bool long_enough = running >= kLongEnough;
  if (long_enough || !measured_) {
    nanoseconds_per_tick_ = static_cast<double>(running) / static_cast<double>(ticks);
  }
  if (long_enough) {
    measured_ = true;
    first_ = latest_;
  }
}

int64_t TickClock::nanoseconds(int64_t ticks) const {
  if (!by_counter_) return ticks;
  const int64_t ago = latest_.ticks - ticks;
  // Before the machine slept: when it was, nobody knows.
  if (ago < 0) return latest_.wall;
  return latest_.wall - static_cast<int64_t>(static_cast<double>(ago) * nanoseconds_per_tick_);
}

}  // namespace suar
