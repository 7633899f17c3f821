#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace suar {

/// Finds out what a clock showed at a tick of a counter from pairs of both that were read since:
/// the part of a `TickClock` that computes.
class TickTranslator {
 public:
  /// What both showed at one moment.
  struct Moment {
    int64_t ticks = 0;
    int64_t wall = 0;     ///< nanoseconds since 1970-01-01 UTC
    int64_t running = 0;  ///< nanoseconds of a clock that is never set
  };

  explicit TickTranslator(const Moment& now) : first_(now), latest_(now) {}

  /// To be called with ascending moments. The length of a tick is measured over stretches of a
  /// second and more.
  void observe(const Moment& now);

  /// Nanoseconds since 1970-01-01 UTC of a tick before the latest moment.
  int64_t nanoseconds(int64_t ticks) const;

 private:
  Moment first_;   ///< of the stretch of time over which the ticks' length is measured
  Moment latest_;  ///< observed
  double nanoseconds_per_tick_ = 0;
  double last_measured_ = 0;  ///< over the latest stretch that was long enough; 0: none was
  bool measured_ = false;     ///< `nanoseconds_per_tick_` is of a stretch that was
};

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
  void observe() {
    if (by_counter_) translator_.observe(now());
  }

  /// Nanoseconds since 1970-01-01 UTC of a moment before the last `observe`. True to a microsecond.
  int64_t nanoseconds(int64_t ticks) const {
    return by_counter_ ? translator_.nanoseconds(ticks) : ticks;
  }

 private:
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
  static TickTranslator::Moment now();

  const bool by_counter_;
  TickTranslator translator_;
};

}  // namespace suar
