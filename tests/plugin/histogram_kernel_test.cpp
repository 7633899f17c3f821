#include "histogram_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <ostream>
#include <random>
#include <string>

#include <gtest/gtest.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

#include "default_buckets.h"
#include "float_kernel.h"

namespace suar {

/// Names the case.
void PrintTo(const FloatKernel& kernel, std::ostream* out) {
  *out << kernel.name;
}

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNan = std::numeric_limits<float>::quiet_NaN();

/// What the kernels must agree with: the plain search of each value.
std::vector<uint64_t> search_buckets(const std::vector<double>& values) {
  const auto& edges = default_bucket_edges();
  std::vector<uint64_t> buckets(edges.size() + 1, 0);
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    const auto edge = std::upper_bound(edges.begin(), edges.end(), value);
    ++buckets[static_cast<std::size_t>(edge - edges.begin())];
  }
  return buckets;
}

std::vector<uint64_t> search_buckets(const std::vector<float>& values) {
  return search_buckets(std::vector<double>(values.begin(), values.end()));
}

/// What floats may be off, of the sum of magnitudes: a kernel may add a few of them as floats.
constexpr double kFloatPrecision = 1e-7;

/// What the kernels must agree with: plain sums, one by one, in double precision.
void expect_statistics_of(const std::vector<double>& values, const NumberStatistics& statistics,
                          double precision = 1e-12) {
  NumberStatistics plain;
  plain.min = std::numeric_limits<double>::infinity();
  plain.max = -plain.min;
  for (const double value : values) {
    plain.nan += std::isnan(value) ? 1 : 0;
    plain.positive_infinity += value == kInfinity ? 1 : 0;
    plain.negative_infinity += value == -kInfinity ? 1 : 0;
    if (!std::isfinite(value)) continue;
    ++plain.finite;
    plain.zeros += value == 0 ? 1 : 0;
    plain.sum += value;
    plain.sum_squares += value * value;
    plain.sum_abs += std::fabs(value);
    plain.min = std::min(plain.min, value);
    plain.max = std::max(plain.max, value);
  }
  if (plain.finite == 0) plain.min = plain.max = 0;
  EXPECT_EQ(statistics.finite, plain.finite);
  EXPECT_EQ(statistics.nan, plain.nan);
  EXPECT_EQ(statistics.positive_infinity, plain.positive_infinity);
  EXPECT_EQ(statistics.negative_infinity, plain.negative_infinity);
  EXPECT_EQ(statistics.zeros, plain.zeros);
  EXPECT_EQ(statistics.min, plain.min);
  EXPECT_EQ(statistics.max, plain.max);
  EXPECT_NEAR(statistics.sum, plain.sum, precision * plain.sum_abs);
  EXPECT_NEAR(statistics.sum_squares, plain.sum_squares, precision * plain.sum_squares);
  EXPECT_NEAR(statistics.sum_abs, plain.sum_abs, precision * plain.sum_abs);
  EXPECT_EQ(statistics.buckets, search_buckets(values));
}

void expect_statistics_of(const std::vector<float>& values, const NumberStatistics& statistics) {
  expect_statistics_of(std::vector<double>(values.begin(), values.end()), statistics,
                       kFloatPrecision);
}

float float_of_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::vector<float> normal_values(std::size_t size, unsigned seed = 4) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.5F, 2.0F);
  std::vector<float> values(size);
  for (float& value : values) value = normal(random);
  return values;
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

TEST(FloatKernels, EndWithThePortableOne) {
  EXPECT_STREQ(float_kernels().back().name, "portable");
}

#ifdef SUAR_X86_KERNELS
TEST(FloatKernels, BeginWithTheOneForWhatTheProcessorCan) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw")) {
    EXPECT_STREQ(float_kernels().front().name, "AVX-512");
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    EXPECT_STREQ(float_kernels().front().name, "AVX2");
  }
}
#endif

/// Every kernel that this machine can run.
class HistogramKernel : public testing::TestWithParam<FloatKernel> {
 protected:
  static NumberStatistics compute(const std::vector<float>& values) {
    return compute_statistics(values.data(), values.size(), GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Kernels, HistogramKernel, testing::ValuesIn(float_kernels()),
                         [](const auto& info) {
                           std::string name = info.param.name;
                           name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                           return name;
                         });

TEST_P(HistogramKernel, AgreesWithASearchAtEveryEdgeAndBesideIt) {
  for (const double edge : default_bucket_edges()) {
    const auto nearest = static_cast<float>(edge);
    std::vector<float> values = {nearest};
    float below = nearest, above = nearest;
    for (int ulps = 0; ulps < 3; ++ulps) {
      values.push_back(below = std::nextafter(below, -kInfinity));
      values.push_back(above = std::nextafter(above, kInfinity));
    }
    for (const float value : values) {
      const std::vector<float> many(96, value);  // whole blocks of every kernel, and single numbers
      ASSERT_EQ(compute(many).buckets, search_buckets(many)) << value;
      std::vector<float> among_others(300, 1);  // as before, but in ordinary company
      for (std::size_t i = 0; i < among_others.size(); i += 3) among_others[i] = value;
      ASSERT_EQ(compute(among_others).buckets, search_buckets(among_others)) << value;
    }
  }
}

TEST_P(HistogramKernel, AgreesWithASearchInEveryCellOfItsTable) {
  std::mt19937 random(3);
  std::vector<float> values;
  for (uint32_t cell = 0; cell < 8192; ++cell) {
    for (int i = 0; i < 32; ++i) {
      const float value = float_of_bits((cell << 19) | (random() & 0x7ffff));
      if (std::isfinite(value)) values.push_back(value);
    }
  }
  EXPECT_EQ(compute(values).buckets, search_buckets(values));
}

TEST_P(HistogramKernel, AgreesWithPlainArithmeticForAnySizeAndStart) {
  const auto all = normal_values(20000);
  for (std::size_t start = 0; start < 4; ++start) {
    for (std::size_t size = 0; size < 200; ++size) {
      const std::vector<float> values(all.begin() + start, all.begin() + start + size);
      expect_statistics_of(values, compute_statistics(all.data() + start, size, GetParam()));
    }
    for (const std::size_t size : {1023, 1024, 1025, 16383, 16384, 16385, 19001}) {
      const std::vector<float> values(all.begin() + start, all.begin() + start + size);
      expect_statistics_of(values, compute_statistics(all.data() + start, size, GetParam()));
    }
    if (HasFailure()) FAIL() << "from a start at " << start;
  }
}

TEST_P(HistogramKernel, AddsNumbersWhoseSquaresNoFloatHolds) {
  for (const float unit : {1e-25F, 1e-15F, 1e15F, 1e25F}) {
    for (const std::size_t at : {0, 300, 600}) {  // alone, then behind and between ordinary ones
      auto values = normal_values(1000);
      for (std::size_t i = at; i < at + 400; ++i) values[i] *= unit;
      if (at == 0) values.resize(400);
      expect_statistics_of(values, compute(values));
    }
  }
}

TEST_P(HistogramKernel, KnowsZerosAlone) {
  for (const std::size_t size : {1, 64, 1000}) {
    const std::vector<float> values(size, 0);
    expect_statistics_of(values, compute(values));
  }
}

TEST_P(HistogramKernel, KnowsSubnormalsAndBothZeros) {
  std::vector<float> values = {0.0F,
                               -0.0F,
                               float_of_bits(1),
                               float_of_bits(0x80000001u),
                               float_of_bits(0x7fffff),
                               float_of_bits(0x807fffff)};
  while (values.size() < 3000) values.insert(values.end(), values.begin(), values.begin() + 6);
  expect_statistics_of(values, compute(values));
}

#ifdef __SSE2__
TEST_P(HistogramKernel, DropsNoSubnormalWhereTheProcessorTakesThemForZeros) {
  for (const uint32_t sign : {0u, 0x80000000u}) {
    std::vector<float> values(100, float_of_bits(sign | 1));
    values.resize(150, float_of_bits(sign));
    const auto buckets = search_buckets(values);
    const unsigned mode = _mm_getcsr();
    _mm_setcsr(mode | 0x8040);  // as at::set_flush_denormal does
    const auto statistics = compute(values);
    _mm_setcsr(mode);
    EXPECT_EQ(statistics.buckets, buckets);
    EXPECT_EQ(statistics.zeros, 50u);
  }
}
#endif

TEST_P(HistogramKernel, PutsWhatIsBeyondTheOutermostEdgesIntoTheOutermostBuckets) {
  std::vector<float> values = {1e30F, -1e30F, std::numeric_limits<float>::max(),
                               std::numeric_limits<float>::lowest()};
  while (values.size() < 300) values.insert(values.end(), values.begin(), values.begin() + 4);
  const auto statistics = compute(values);
  expect_statistics_of(values, statistics);
  EXPECT_EQ(statistics.buckets.front(), values.size() / 2);
  EXPECT_EQ(statistics.buckets.back(), values.size() / 2);
}

TEST_P(HistogramKernel, CountsWhatIsNotFiniteApartWhereverItStands) {
  for (const float odd : {kNan, -kNan, kInfinity, -kInfinity}) {
    for (std::size_t position = 0; position < 600; ++position) {
      auto values = normal_values(600);
      values[position] = odd;
      expect_statistics_of(values, compute(values));
      if (HasFailure()) FAIL() << odd << " at " << position;
    }
  }
}

TEST_P(HistogramKernel, KnowsInputWithNothingFinite) {
  for (const std::size_t size : {0, 1, 1000, 20000}) {
    const std::vector<float> values(size, kNan);
    const auto statistics = compute(values);
    expect_statistics_of(values, statistics);
    const Histogram histogram = make_histogram(statistics);
    EXPECT_TRUE(histogram.limits.empty());
    EXPECT_EQ(histogram.count, 0);
  }
}

TEST(StatisticsOfDoubles, AgreeWithASearchAtEveryEdgeAndBesideIt) {
  std::vector<double> values = {0.0, -0.0, 1e-300, -1e-300, 1e300, -1e300, 1e-13, -1e-13};
  for (const double edge : default_bucket_edges()) {
    values.push_back(edge);
    values.push_back(std::nextafter(edge, -1e300));
    values.push_back(std::nextafter(edge, 1e300));
  }
  for (const double value : values) {
    ASSERT_EQ(compute_statistics(&value, 1).buckets, search_buckets(std::vector<double>{value}))
        << value;
  }
  values.push_back(std::numeric_limits<double>::quiet_NaN());
  values.push_back(std::numeric_limits<double>::infinity());
  values.push_back(-std::numeric_limits<double>::infinity());
  values.erase(std::remove_if(values.begin(), values.end(),  // whose squares no double holds
                              [](double value) { return std::fabs(value) == 1e300; }),
               values.end());
  expect_statistics_of(values, compute_statistics(values.data(), values.size()));
}

TEST(StatisticsOfHalfPrecision, KnowEveryNumberThatThereIs) {
  for (uint32_t first = 0; first < 0x10000; first += 0x1000) {
    std::vector<Float16> halves;
    std::vector<double> values;
    for (uint32_t bits = first; bits < first + 0x1000; ++bits) {
      halves.push_back({static_cast<uint16_t>(bits)});
      const int exponent = static_cast<int>(bits >> 10 & 31),
                mantissa = static_cast<int>(bits & 1023);
      const double magnitude = exponent == 0   ? std::ldexp(mantissa, -24)
                               : exponent < 31 ? std::ldexp(1024 + mantissa, exponent - 25)
                               : mantissa == 0 ? double{kInfinity}
                                               : double{kNan};
      values.push_back((bits & 0x8000) != 0 ? -magnitude : magnitude);
    }
    expect_statistics_of(values, compute_statistics(halves.data(), halves.size()), kFloatPrecision);
  }
}

TEST(StatisticsOfBFloat16, KnowEveryNumberThatThereIs) {
  for (uint32_t first = 0; first < 0x10000; first += 0x1000) {
    std::vector<BFloat16> numbers;
    std::vector<float> values;
    for (uint32_t bits = first; bits < first + 0x1000; ++bits) {
      numbers.push_back({static_cast<uint16_t>(bits)});
      values.push_back(float_of_bits(bits << 16));
    }
    expect_statistics_of(values, compute_statistics(numbers.data(), numbers.size()));
  }
}

TEST(MergedStatistics, AreThoseOfAllNumbers) {
  auto values = normal_values(1000);
  values[3] = kNan;
  values[600] = -kInfinity;
  NumberStatistics merged = compute_statistics(values.data(), 400);
  merge(merged, compute_statistics(values.data() + 400, 600));
  expect_statistics_of(values, merged);
}

TEST(MergedStatistics, KeepTheExtremesWhereOneSideHasNothingFinite) {
  const std::vector<float> numbers = {2, 3}, none = {kNan};
  for (const bool first : {true, false}) {
    NumberStatistics merged = compute_statistics((first ? numbers : none).data(), 1 + first);
    merge(merged, compute_statistics((first ? none : numbers).data(), 2 - first));
    EXPECT_EQ(merged.min, 2);
    EXPECT_EQ(merged.max, 3);
    EXPECT_EQ(merged.nan, 1u);
  }
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

/// As TensorBoard draws a histogram: the buckets are spread evenly over 30 bins of equal width.
std::vector<double> spread_over_bins(const std::vector<double>& limits,
                                     const std::vector<double>& counts, double min, double max) {
  std::vector<double> bins(30, 0);
  const double width = (max - min) / 30;
  double left = min;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const double right = std::min(std::max(limits[i], min), max);
    for (std::size_t bin = 0; bin < bins.size() && right > left; ++bin) {
      const double begin = min + width * static_cast<double>(bin);
      const double overlap = std::min(begin + width, right) - std::max(begin, left);
      bins[bin] += std::max(overlap, 0.0) / (right - left) * counts[i];
    }
    left = right;
  }
  return bins;
}

TEST(MakeHistogram, LooksInTensorBoardAsItWouldWithAllEmptyBuckets) {
  auto values = normal_values(200);
  for (float& value : values) value *= value < 0 ? 1e-3F : 1;
  const auto statistics = compute_statistics(values.data(), values.size());
  const Histogram histogram = make_histogram(statistics);
  const std::vector<double> all_counts(statistics.buckets.begin(), statistics.buckets.end());
  auto all_limits = default_bucket_edges();
  all_limits.push_back(std::numeric_limits<double>::max());
  ASSERT_LT(histogram.limits.size(), 200u);
  const auto drawn =
      spread_over_bins(histogram.limits, histogram.counts, histogram.min, histogram.max);
  const auto expected = spread_over_bins(all_limits, all_counts, histogram.min, histogram.max);
  for (std::size_t bin = 0; bin < drawn.size(); ++bin) {
    EXPECT_NEAR(drawn[bin], expected[bin], 1e-9) << bin;
  }
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
