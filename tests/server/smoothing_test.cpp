#include "smoothing.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace suar::dashboard {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The formula as TensorBoard publishes it, word for word.
std::vector<double> published(const std::vector<double>& values, double weight) {
  std::vector<double> smoothed;
  double last = 0;
  int count = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      smoothed.push_back(value);
      continue;
    }
    last = last * weight + (1 - weight) * value;
    ++count;
    smoothed.push_back(last / (1 - std::pow(weight, count)));
  }
  return smoothed;
}

TEST(DebiasedAverage, IsThePublishedFormula) {
  const std::vector<double> values = {3, 1, 4, kNan, 1, 5, 9, 2, 6, INFINITY, 5, 3, 5};
  for (const double weight : {0.0, 0.3, 0.6, 0.9, 0.999}) {
    DebiasedAverage average(weight);
    const auto expected = published(values, weight);
    for (std::size_t i = 0; i < values.size(); ++i) {
      average.add(values[i]);
      if (std::isfinite(values[i])) {
        EXPECT_NEAR(average.value(), expected[i], 1e-9) << "weight " << weight << ", point " << i;
      }
    }
  }
}

TEST(DebiasedAverage, LeavesAConstantCurveExactlyAsItIs) {
  DebiasedAverage average(0.97);
  for (int i = 0; i < 1000; ++i) {
    average.add(0.1);
    EXPECT_EQ(average.value(), 0.1);
  }
}

TEST(DebiasedAverage, KeepsItsValueOverPointsThatAreNotFinite) {
  DebiasedAverage average(0.5);
  EXPECT_TRUE(std::isnan(average.value()));
  average.add(kNan);
  EXPECT_TRUE(std::isnan(average.value()));
  average.add(2);
  average.add(-INFINITY);
  EXPECT_EQ(average.value(), 2);
}

}  // namespace
}  // namespace suar::dashboard
