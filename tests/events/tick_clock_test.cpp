#include "tick_clock.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <time.h>

namespace suar {
namespace {

int64_t wall_nanoseconds() {
  timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
}

constexpr int64_t kTolerance = 1'000'000;  // ns: what the system may take between two readings

struct Moment {
  int64_t before, ticks, after;
};

void observe_for(TickClock& clock, std::chrono::milliseconds duration) {
  const auto end = std::chrono::steady_clock::now() + duration;
  std::vector<Moment> moments;
  while (std::chrono::steady_clock::now() < end) {
    moments.clear();
    for (int i = 0; i < 1000; ++i) {
      const int64_t before = wall_nanoseconds();
      const int64_t ticks = clock.ticks();
      moments.push_back({before, ticks, wall_nanoseconds()});
    }
    clock.observe();
    for (const Moment& moment : moments) {
      const int64_t found = clock.nanoseconds(moment.ticks);
      ASSERT_GE(found, moment.before - kTolerance);
      ASSERT_LE(found, moment.after + kTolerance);
    }
  }
}

TEST(TickClock, TellsWhatTheClockShowedFromTheFirstMomentOn) {
  TickClock clock;
  observe_for(clock, std::chrono::milliseconds(20));
}

TEST(TickClock, StaysTrueWhenItIsObservedSeldom) {
  TickClock clock;
  const int64_t before = wall_nanoseconds();
  const int64_t ticks = clock.ticks();
  const int64_t after = wall_nanoseconds();
  // The passing of time is what is tested: more than the second over which it measures.
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  clock.observe();
  EXPECT_GE(clock.nanoseconds(ticks), before - kTolerance);
  EXPECT_LE(clock.nanoseconds(ticks), after + kTolerance);
  observe_for(clock, std::chrono::milliseconds(20));
}

TEST(TickClock, ReadsTheClockItselfWhereTheCounterIsNotTrusted) {
  TickClock clock(/*by_counter=*/false);
  const int64_t before = wall_nanoseconds();
  const int64_t ticks = clock.ticks();
  const int64_t after = wall_nanoseconds();
  clock.observe();
  EXPECT_EQ(clock.nanoseconds(ticks), ticks);
  EXPECT_LE(before, ticks);
  EXPECT_LE(ticks, after);
}

TEST(TickClock, IsReadByOtherThreadsMeanwhile) {
  TickClock clock;
  std::atomic<bool> done{false};
  std::vector<Moment> moments;
  std::thread reader([&] {
    while (!done && moments.size() < 100000) {
      const int64_t before = wall_nanoseconds();
      const int64_t ticks = clock.ticks();
      moments.push_back({before, ticks, wall_nanoseconds()});
    }
  });
  for (int i = 0; i < 1000; ++i) clock.observe();
  done = true;
  reader.join();
  clock.observe();
  for (const Moment& moment : moments) {
    const int64_t found = clock.nanoseconds(moment.ticks);
    ASSERT_GE(found, moment.before - kTolerance);
    ASSERT_LE(found, moment.after + kTolerance);
  }
}

}  // namespace
}  // namespace suar
