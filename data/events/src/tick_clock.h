#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace suar {

/// Wall time for threads that have not got the time to read a clock: they note the processor's
/// counter of ticks, in less than half of that time, and another thread finds out later what the
/// clock showed then. Where the kernel does not keep its own time by that counter, ticks are
/// nanoseconds of the clock.
///
/// `ticks` may be called by any thread; the rest is for one thread at a time.
class TickClock {
 public:
  /// `by_counter` is false for a clock that never uses the counter.
  explicit TickClock(bool by_counter = true);

  /// The present moment.
  int64_t ticks() const { return by_counter_ ? counter() : wall_nanoseconds(); }

  /// Compares the counter with the clock. To be called after the ticks were taken that are to be
  /// translated, and not long after: within seconds, a clock that is set meanwhile counts as it
  /// shows now.
  void observe();

  /// Nanoseconds since 1970-01-01 UTC of a moment before the last `observe`. True to a microsecond.
  int64_t nanoseconds(int64_t ticks) const;

 private:
  struct Moment {
    int64_t ticks = 0;
    int64_t wall = 0;     ///< nanoseconds since 1970-01-01 UTC
    int64_t running = 0;  ///< nanoseconds of a clock that is never set
  };

  static int64_t counter() {
#if defined(__x86_64__)
    return static_cast<int64_t>(__rdtsc());
#elif defined(__aarch64__)
    int64_t ticks;
    asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return 0;
#endif
  }
  static int64_t wall_nanoseconds();
  static Moment now();

  const bool by_counter_;
  Moment first_;   ///< of the stretch of time over which the ticks' length is measured
  Moment latest_;  ///< observed
  double nanoseconds_per_tick_ = 0;
  bool measured_ = false;  ///< over a stretch that is long enough
};

}  // namespace suar
