#include "tick_clock.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
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

/// A counter of three ticks a nanosecond beside two clocks, all of which a test moves.
class TickTranslatorTest : public ::testing::Test {
 protected:
  static constexpr int64_t kSecond = 1'000'000'000;

  void pass(int64_t nanoseconds) {
    moment_.ticks += 3 * nanoseconds;
    moment_.wall += nanoseconds;
    moment_.running += nanoseconds;
  }
  /// A sleep of the machine: its counter stands still, the clocks go on.
  void sleep(int64_t nanoseconds) {
    moment_.wall += nanoseconds;
    moment_.running += nanoseconds;
  }
  /// By how much the translation of a tick differs from what the clock showed then, when it is
  /// observed half a second later.
  int64_t error_after_half_a_second() {
    const auto then = moment_;
    pass(kSecond / 2);
    translator_.observe(moment_);
    return std::abs(translator_.nanoseconds(then.ticks) - then.wall);
  }
  void observe_after(int64_t nanoseconds) {
    pass(nanoseconds);
    translator_.observe(moment_);
  }

  TickTranslator::Moment moment_{1000, 1'700'000'000 * kSecond, 50 * kSecond};
  TickTranslator translator_{moment_};
};

TEST_F(TickTranslatorTest, CountsAClockThatIsSetByWhatItShowsWhenItIsObserved) {
  observe_after(2 * kSecond);
  const auto then = moment_;
  pass(kSecond / 2);
  moment_.wall -= 3600 * kSecond;
  translator_.observe(moment_);
  EXPECT_NEAR(static_cast<double>(translator_.nanoseconds(then.ticks) - then.wall),
              static_cast<double>(-3600 * kSecond), 1000);
}

TEST_F(TickTranslatorTest, KeepsTheLengthOfATickThatItKnowsWhenTheMachineHasSlept) {
  observe_after(2 * kSecond);
  sleep(3600 * kSecond);
  EXPECT_LE(error_after_half_a_second(), 1000);
  observe_after(2 * kSecond);
  EXPECT_LE(error_after_half_a_second(), 1000);
}

TEST_F(TickTranslatorTest, FindsTheLengthOfATickWhenTheMachineSleptWhileItWasFirstMeasured) {
  sleep(3600 * kSecond);
  observe_after(2 * kSecond);
  observe_after(2 * kSecond);
  observe_after(2 * kSecond);
  EXPECT_LE(error_after_half_a_second(), 1000);
}

TEST_F(TickTranslatorTest, MeasuresAnewWhenTheMachineHasSleptAndCountsAnew) {
  observe_after(2 * kSecond);
  const int64_t before_the_sleep = moment_.ticks;
  sleep(3600 * kSecond);
  moment_.ticks = 5;
  translator_.observe(moment_);
  EXPECT_EQ(translator_.nanoseconds(before_the_sleep), moment_.wall) << "nobody knows better";
  EXPECT_LE(error_after_half_a_second(), 1000);
  observe_after(2 * kSecond);
  EXPECT_LE(error_after_half_a_second(), 1000);
}

}  // namespace
}  // namespace suar
