#include "buckets.h"

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace suar::dashboard {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

std::vector<int64_t> random_steps(std::size_t count) {
  std::mt19937_64 random(42);
  std::vector<int64_t> steps;
  int64_t step = -300;
  for (std::size_t i = 0; i < count; ++i) {
    steps.push_back(step);
    step += static_cast<int64_t>(random() % 7);
  }
  return steps;
}

std::vector<Bucket<int64_t>> sorted_into_buckets(const std::vector<int64_t>& steps, int exponent) {
  BucketBuilder<int64_t> builder(exponent);
  for (const int64_t step : steps) {
    builder.add(step, step, 0, std::sin(static_cast<double>(step)), kNan);
  }
  return builder.buckets();
}

TEST(Buckets, HoldEveryPointExactlyOnce) {
  const auto steps = random_steps(5000);
  for (int exponent = 0; exponent < 16; ++exponent) {
    uint64_t count = 0;
    for (const auto& bucket : sorted_into_buckets(steps, exponent)) count += bucket.count;
    EXPECT_EQ(count, steps.size());
  }
}

TEST(Buckets, AreAlignedAtZeroAndAscend) {
  const auto steps = random_steps(2000);
  for (int exponent = 0; exponent < 12; ++exponent) {
    const auto buckets = sorted_into_buckets(steps, exponent);
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      EXPECT_EQ(buckets[i].x % (int64_t{1} << exponent), 0);
      EXPECT_GE(buckets[i].step, buckets[i].x);
      EXPECT_LT(buckets[i].step, buckets[i].x + (int64_t{1} << exponent));
      if (i > 0) {
        EXPECT_LT(buckets[i - 1].x, buckets[i].x);
      }
    }
  }
}

TEST(Buckets, StayWhatTheyAreWhilePointsAreAppended) {
  auto steps = random_steps(1000);
  const auto before = sorted_into_buckets(steps, 5);
  for (int i = 0; i < 500; ++i) steps.push_back(steps.back() + 1);
  const auto after = sorted_into_buckets(steps, 5);
  ASSERT_GT(after.size(), before.size());
  for (std::size_t i = 0; i + 1 < before.size(); ++i) {
    EXPECT_EQ(before[i].x, after[i].x);
    EXPECT_EQ(before[i].count, after[i].count);
    EXPECT_EQ(before[i].min, after[i].min);
    EXPECT_EQ(before[i].max, after[i].max);
    EXPECT_EQ(before[i].last, after[i].last);
  }
}

TEST(Buckets, ShowASpikeOfOneStepAtEveryWidth) {
  for (int exponent = 0; exponent < 20; ++exponent) {
    BucketBuilder<int64_t> builder(exponent);
    for (int64_t step = 0; step < 10000; ++step) {
      builder.add(step, step, 0, step == 4321 ? 1000.0 : 1.0, kNan);
    }
    double greatest = 0;
    for (const auto& bucket : builder.buckets()) greatest = std::max(greatest, bucket.max);
    EXPECT_EQ(greatest, 1000.0) << "exponent " << exponent;
  }
}

TEST(Buckets, CountWhatIsNotFiniteAndShowTheRest) {
  BucketBuilder<int64_t> builder(2);
  builder.add(0, 0, 0, 1, 1);
  builder.add(1, 1, 0, kNan, 1);
  builder.add(2, 2, 7, INFINITY, 1);
  builder.add(4, 4, 0, -INFINITY, 1);
  ASSERT_EQ(builder.buckets().size(), 2u);
  const auto& mixed = builder.buckets()[0];
  EXPECT_EQ(mixed.count, 3u);
  EXPECT_EQ(mixed.nonfinite, 2u);
  EXPECT_EQ(mixed.min, 1);
  EXPECT_EQ(mixed.max, 1);
  EXPECT_EQ(mixed.last, 1);
  EXPECT_EQ(mixed.step, 2);
  EXPECT_EQ(mixed.wall_time, 7);
  const auto& bad = builder.buckets()[1];
  EXPECT_EQ(bad.nonfinite, 1u);
  EXPECT_TRUE(std::isnan(bad.min) && std::isnan(bad.max) && std::isnan(bad.last));
}

TEST(Buckets, TakePointsWhoseClockGoesBack) {
  BucketBuilder<double> builder(0);
  for (const double x : {5.5, 3.25, 5.75, 4.0, 3.75}) builder.add(x, 0, x, x, kNan);
  ASSERT_EQ(builder.buckets().size(), 3u);
  EXPECT_EQ(builder.buckets()[0].x, 3);
  EXPECT_EQ(builder.buckets()[0].count, 2u);
  EXPECT_EQ(builder.buckets()[1].x, 4);
  EXPECT_EQ(builder.buckets()[2].count, 2u);
}

TEST(WidthExponent, IsTheSmallestThatNeedsNoMoreThanSoManyBuckets) {
  EXPECT_EQ(width_exponent(int64_t{0}, 0, 1), 0);
  EXPECT_EQ(width_exponent(int64_t{0}, 499, 500), 0);
  EXPECT_EQ(width_exponent(int64_t{0}, 500, 500), 1);
  EXPECT_EQ(width_exponent(int64_t{1}, 2, 1), 2);
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const auto first = static_cast<int64_t>(random() >> (random() % 64)) / 2;
    const auto last = first + static_cast<int64_t>(random() >> (2 + random() % 62));
    const std::size_t most = 1 + random() % 1000;
    const int exponent = width_exponent(first, last, most);
    const auto needed = [&](int e) {
      return ((static_cast<uint64_t>(left_edge(last, e)) -
               static_cast<uint64_t>(left_edge(first, e))) >>
              e) +
             1;
    };
    EXPECT_LE(needed(exponent), most);
    if (exponent > 0) {
      EXPECT_GT(needed(exponent - 1), most);
    }
  }
}

TEST(WidthExponent, CopesWithTheEndsOfTheAxis) {
  EXPECT_EQ(width_exponent(kLeast, kMost, 1), 63);
  EXPECT_EQ(width_exponent(kLeast, kMost, 2), 63);
  EXPECT_EQ(width_exponent(kLeast, kMost, 4), 62);
  EXPECT_EQ(left_edge(kLeast, 63), kLeast);
  EXPECT_EQ(left_edge(kMost, 63), 0);
  EXPECT_EQ(left_edge(int64_t{-1}, 3), -8);
}

TEST(WidthExponent, GoesBelowOneForSeconds) {
  EXPECT_EQ(width_exponent(0.0, 1.0, 1025), -10);
  EXPECT_EQ(width_exponent(0.25, 0.25, 1), -20);
  EXPECT_EQ(left_edge(-0.3, -1), -0.5);
  const double most = std::numeric_limits<double>::max();
  const int exponent = width_exponent(-most, most, 2);
  EXPECT_LE(exponent, std::numeric_limits<double>::max_exponent);
}

}  // namespace
}  // namespace suar::dashboard
