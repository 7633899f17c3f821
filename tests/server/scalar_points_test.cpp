#include "scalar_points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace suar::dashboard {
namespace {

/// Appends the points in stretches of `size` and returns what is shown.
std::vector<ScalarPoint> show(const std::vector<ScalarPoint>& points, std::size_t size) {
  ScalarPoints curve;
  for (std::size_t i = 0; i < points.size(); i += size) {
    const std::size_t end = std::min(i + size, points.size());
    EXPECT_EQ(curve.append(points.data() + i, points.data() + end), points.data() + end);
  }
  ScalarView view;
  curve.show(curve.size(), view);
  std::vector<ScalarPoint> shown;
  view.for_each_from(0, [&](std::size_t index, const ScalarPoint& point) {
    EXPECT_EQ(index, shown.size());
    shown.push_back(point);
  });
  return shown;
}

void expect_same(const std::vector<ScalarPoint>& points, std::size_t size) {
  const auto shown = show(points, size);
  ASSERT_EQ(shown.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(shown[i].step, points[i].step) << i;
    EXPECT_EQ(shown[i].wall_time, points[i].wall_time) << i;
    if (std::isnan(points[i].value)) {
      EXPECT_TRUE(std::isnan(shown[i].value)) << i;
    } else {
      EXPECT_EQ(shown[i].value, points[i].value) << i;
    }
  }
}

void expect_same(const std::vector<ScalarPoint>& points) {
  for (const std::size_t size : {1, 7, 1000}) expect_same(points, size);
}

TEST(ScalarPoints, RoundNothing) {
  const double infinity = std::numeric_limits<double>::infinity();
  expect_same({{0, 1.7e9 + 0.1, 0.5}, {1, 2, 0.1}, {2, 3, 1e300}, {3, 4, -1e-300}, {4, 5, 0.25}});
  expect_same({{0, 0, 0.1}});
  expect_same({{0, 0, std::nan("")}, {0, 0, infinity}, {0, 0, -infinity}, {0, 0, 1e-40}});
  expect_same({{0, 0, std::numeric_limits<double>::max()}});
}

TEST(ScalarPoints, KeepStepsThatAreFarApart) {
  const int64_t least = std::numeric_limits<int64_t>::min();
  const int64_t greatest = std::numeric_limits<int64_t>::max();
  expect_same({{least, 0, 1}, {-1, 0, 2}, {0, 0, 3}, {int64_t{1} << 32, 0, 4}, {greatest, 0, 5}});
  expect_same({{5, 0, 1}, {5 + (int64_t{1} << 32) - 1, 0, 2}, {5 + (int64_t{1} << 32), 0, 3}});
}

TEST(ScalarPoints, OfAnyMixAreKeptAsTheyAre) {
  std::mt19937 random(1);
  std::vector<ScalarPoint> points;
  int64_t step = -1000000;
  for (int i = 0; i < 20000; ++i) {
    step += random() % 500 == 0 ? int64_t{1} << 33 : random() % 3;
    const double value = random() % 900 == 0 ? 0.1 : 0.5 * (random() % 100);
    points.push_back({step, 0.001 * i, value});
  }
  expect_same(points);
}

TEST(ScalarPoints, TakeAStretchUpToTheFirstStepThatGoesBack) {
  ScalarPoints curve;
  const ScalarPoint points[] = {{5, 0, 0.5}, {6, 0, 0.1}, {6, 0, 0.5}, {5, 0, 0.5}};
  EXPECT_EQ(curve.append(points, points + 4), points + 3);
  EXPECT_EQ(curve.size(), 3u);
  EXPECT_EQ(curve.append(points + 3, points + 4), points + 3);
}

TEST(ScalarPoints, GoOnBehindDroppedOnesAlsoWhereTheyNeedWideColumns) {
  ScalarPoints curve;
  for (int64_t step = 0; step < 3000; ++step) curve.append({step, 0, step < 2000 ? 1.0 : 0.1});
  curve.drop_from(1500);
  const ScalarPoint again[] = {{1500, 0, 0.3}, {1501, 0, 2.0}};
  EXPECT_EQ(curve.append(again, again + 2), again + 2);
  ASSERT_EQ(curve.size(), 1502u);
  ScalarView view;
  curve.show(curve.size(), view);
  EXPECT_EQ(view[1499].value, 1.0);
  EXPECT_EQ(view[1500].value, 0.3);
  EXPECT_EQ(view[1501].step, 1501);
}

}  // namespace
}  // namespace suar::dashboard
