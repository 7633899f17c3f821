#include "sum_of_squares.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace suar {
namespace {

double naive(const std::vector<float>& values) {
  long double sum = 0;
  for (const float value : values) sum += static_cast<long double>(value) * value;
  return static_cast<double>(sum);
}

TEST(SumOfSquares, IsThatOfNaiveArithmeticForAnySizeAndScale) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (const float scale : {1e-44f, 1e-30f, 1e-10f, 1.0f, 1e10f, 1e30f}) {
    for (const std::size_t size : {0u, 1u, 15u, 16u, 1023u, 1024u, 1025u, 100000u}) {
      std::vector<float> values(size);
      for (float& value : values) value = scale * normal(random);
      const double expected = naive(values);
      EXPECT_NEAR(sum_of_squares(values.data(), size), expected, 1e-6 * expected)
          << size << " of " << scale;
    }
  }
}

TEST(SumOfSquares, ShowsThatAValueIsNotFinite) {
  std::vector<float> values(3000, 1.0f);
  values[2000] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(sum_of_squares(values.data(), values.size()), std::numeric_limits<double>::infinity());
  values[10] = NAN;
  EXPECT_TRUE(std::isnan(sum_of_squares(values.data(), values.size())));
}

}  // namespace
}  // namespace suar
