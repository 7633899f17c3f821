#include "histogram_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "default_buckets.h"

namespace suar {
namespace {

/// What the kernel must agree with: the plain search of each value.
std::vector<uint64_t> search_buckets(const std::vector<float>& values) {
  const auto& edges = default_bucket_edges();
  std::vector<uint64_t> buckets(edges.size() + 1, 0);
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    const auto edge = std::upper_bound(edges.begin(), edges.end(), static_cast<double>(value));
    ++buckets[static_cast<std::size_t>(edge - edges.begin())];
  }
  return buckets;
}

std::vector<uint64_t> kernel_buckets(const std::vector<float>& values) {
  return compute_statistics(values.data(), values.size()).buckets;
}

TEST(DefaultBuckets, AreThoseOfTensorBoard) {
  const auto& edges = default_bucket_edges();
  EXPECT_EQ(edges.size(), 1549u);
  EXPECT_EQ(edges[774], 0);
  EXPECT_EQ(edges[775], 1e-12);
  EXPECT_EQ(edges[773], -1e-12);
  EXPECT_LT(edges.back(), 1e20);
  EXPECT_GT(edges.back() * 1.1, 1e20);
  EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
}

TEST(HistogramKernel, AgreesWithASearchAtEveryEdgeAndBesideIt) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {0.0f, -0.0f};
  for (const double edge : default_bucket_edges()) {
    const auto nearest = static_cast<float>(edge);
    float below = nearest, above = nearest;
    values.push_back(nearest);
    for (int ulps = 0; ulps < 3; ++ulps) {
      values.push_back(below = std::nextafter(below, -kInfinity));
      values.push_back(above = std::nextafter(above, kInfinity));
    }
  }
  for (const float value : values) {
    ASSERT_EQ(kernel_buckets({value}), search_buckets({value})) << value;
  }
}

TEST(HistogramKernel, AgreesWithASearchInEveryCellOfItsTable) {
  std::mt19937 random(3);
  std::vector<float> values;
  for (uint32_t cell = 0; cell < 8192; ++cell) {
    for (int i = 0; i < 32; ++i) {
      const uint32_t bits = (cell << 19) | (random() & 0x7ffff);
      float value;
      std::memcpy(&value, &bits, sizeof value);
      if (std::isfinite(value)) values.push_back(value);
    }
  }
  EXPECT_EQ(kernel_buckets(values), search_buckets(values));
}

TEST(HistogramKernel, SumsAsPlainArithmeticDoes) {
  std::mt19937 random(4);
  std::normal_distribution<float> normal(0.5f, 2.0f);
  for (const std::size_t size : {1u, 7u, 8u, 9u, 1023u, 1024u, 1025u, 100003u}) {
    std::vector<float> values(size);
    for (float& value : values) value = normal(random);
    values[0] = 0;
    double sum = 0, sum_squares = 0, sum_abs = 0;
    for (const double value : values) {
      sum += value;
      sum_squares += value * value;
      sum_abs += std::fabs(value);
    }
    const auto statistics = compute_statistics(values.data(), size);
    EXPECT_NEAR(statistics.sum, sum, 1e-9 * sum_abs);
    EXPECT_NEAR(statistics.sum_squares, sum_squares, 1e-9 * sum_squares);
    EXPECT_NEAR(statistics.sum_abs, sum_abs, 1e-9 * sum_abs);
    EXPECT_EQ(statistics.min, *std::min_element(values.begin(), values.end()));
    EXPECT_EQ(statistics.max, *std::max_element(values.begin(), values.end()));
    EXPECT_EQ(statistics.finite, size);
    EXPECT_EQ(statistics.zeros, 1u);
  }
}

TEST(HistogramKernel, CountsWhatIsNotFiniteApart) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> values = {1, nan, kInfinity, -kInfinity, -kInfinity, -2, nan, nan};
  const std::vector<double> doubles(values.begin(), values.end());
  for (const auto& statistics : {compute_statistics(values.data(), values.size()),
                                 compute_statistics(doubles.data(), doubles.size())}) {
    EXPECT_EQ(statistics.nan, 3u);
    EXPECT_EQ(statistics.positive_infinity, 1u);
    EXPECT_EQ(statistics.negative_infinity, 2u);
    EXPECT_EQ(statistics.nonfinite(), 6u);
    EXPECT_EQ(statistics.finite, 2u);
    EXPECT_EQ(statistics.min, -2);
    EXPECT_EQ(statistics.max, 1);
    EXPECT_EQ(statistics.sum, -1);
  }
}

TEST(HistogramKernel, KnowsEmptyInputAndInputWithNothingFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& statistics : {compute_statistics(&nan, 0), compute_statistics(&nan, 1)}) {
    EXPECT_EQ(statistics.min, 0);
    EXPECT_EQ(statistics.max, 0);
    const Histogram histogram = make_histogram(statistics);
    EXPECT_TRUE(histogram.limits.empty());
    EXPECT_EQ(histogram.count, 0);
  }
}

TEST(HistogramKernel, PutsDoublesInTheSameBuckets) {
  const std::vector<double> values = {0.1, -0.1, 0.0, 1e30, -1e30, 1e-300};
  const std::vector<float> floats = {0.1f, -0.1f, 0.0f, 1e30f, -1e30f, 1e-38f};
  EXPECT_EQ(compute_statistics(values.data(), values.size()).buckets, search_buckets(floats));
}

TEST(MakeHistogram, CountsEveryValueBetweenTheSmallestAndTheGreatest) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal(0, 0.1f);
  std::vector<float> values(10000);
  for (float& value : values) value = normal(random);
  const Histogram histogram = make_histogram(compute_statistics(values.data(), values.size()));
  double count = 0;
  for (const double bucket : histogram.counts) count += bucket;
  EXPECT_EQ(count, 10000);
  EXPECT_EQ(histogram.count, 10000);
  EXPECT_EQ(histogram.limits.front(), histogram.min);
  EXPECT_EQ(histogram.counts.front(), 0);
  EXPECT_EQ(histogram.limits.back(), histogram.max);
  EXPECT_TRUE(std::is_sorted(histogram.limits.begin(), histogram.limits.end()));
}

TEST(MakeHistogram, LeavesRunsOfEmptyBucketsOutButForTheLeftEdgeOfTheNextOne) {
  const std::vector<float> values = {1e-3f, 1.0f, 1.001f};
  const Histogram histogram = make_histogram(compute_statistics(values.data(), values.size()));
  EXPECT_EQ(histogram.counts, (std::vector<double>{0, 1, 0, 2}));
  ASSERT_EQ(histogram.limits.size(), 4u);
  EXPECT_LE(histogram.limits[2], 1.0);
  EXPECT_GT(histogram.limits[2], 0.9);
}

TEST(MakeHistogram, KeepsValuesBeyondTheOutermostEdges) {
  const std::vector<float> values = {-1e30f, 1e30f};
  const Histogram histogram = make_histogram(compute_statistics(values.data(), values.size()));
  EXPECT_EQ(histogram.min, -1e30f);
  EXPECT_EQ(histogram.max, 1e30f);
  EXPECT_EQ(histogram.limits.back(), 1e30f);
  EXPECT_EQ(histogram.counts, (std::vector<double>{0, 1, 0, 1}));
}

TEST(MakeHistogram, OfOneRepeatedValueHasThatValueInItsBucket) {
  for (const float value : {0.0f, 0.5f, -0.5f}) {
    const std::vector<float> values(5, value);
    const Histogram histogram = make_histogram(compute_statistics(values.data(), values.size()));
    EXPECT_EQ(histogram.counts, (std::vector<double>{0, 5})) << value;
    EXPECT_LE(histogram.limits[0], value);
    EXPECT_GE(histogram.limits[1], value);
  }
}

}  // namespace
}  // namespace suar
