#include "passes.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "scalar_points.h"
#include "shared_points.h"

namespace suar::dashboard {
namespace {

using Steps = std::vector<int64_t>;

struct Thing {
  int64_t step;
};

Steps steps_of(const ScalarView& view) {
  Steps steps;
  view.for_each_from(0,
                     [&](std::size_t, const ScalarPoint& point) { steps.push_back(point.step); });
  return steps;
}
Steps steps_of(const SharedPoints<Thing>::View& view) {
  Steps steps;
  for (const auto& thing : view) steps.push_back(thing->step);
  return steps;
}

template <typename Points>
Steps shown(const Passes<Points>& passes) {
  typename Points::View view;
  passes.show(passes.size(), view);
  return steps_of(view);
}

template <typename Points>
std::vector<Steps> all(const Passes<Points>& passes) {
  std::vector<Steps> all;
  passes.for_each([&](std::size_t number, const Points& points, std::size_t, std::size_t) {
    typename Points::View view;
    points.show(points.size(), view);
    all.resize(number + 1);
    all[number] = steps_of(view);
  });
  return all;
}

ScalarPoint at(int64_t step) {
  return {step, 0, 0};
}

TEST(Passes, KeepWhatALaterPassHides) {
  Passes<ScalarPoints> passes;
  for (const int64_t step : {0, 1, 2, 3, 4}) EXPECT_FALSE(passes.append(at(step)));
  EXPECT_TRUE(passes.append(at(2)));
  EXPECT_FALSE(passes.append(at(3)));
  EXPECT_TRUE(passes.append(at(1)));
  EXPECT_EQ(shown(passes), Steps({0, 1}));
  EXPECT_EQ(all(passes), std::vector<Steps>({{0, 1, 2, 3, 4}, {2, 3}, {1}}));
  EXPECT_EQ(passes.stored(), 8u);
}

TEST(Passes, BeginANewOneWhereASessionSupersedesPoints) {
  Passes<ScalarPoints> passes;
  for (const int64_t step : {0, 1, 2, 3}) passes.append(at(step));
  EXPECT_TRUE(passes.supersede(2));
  EXPECT_EQ(shown(passes), Steps({0, 1}));
  EXPECT_FALSE(passes.append(at(5)));
  EXPECT_EQ(shown(passes), Steps({0, 1, 5}));
  EXPECT_EQ(all(passes), std::vector<Steps>({{0, 1, 2, 3}, {5}}));
}

TEST(Passes, GoOnInTheSameOneWhereASessionSupersedesNothing) {
  Passes<ScalarPoints> passes;
  for (const int64_t step : {0, 1}) passes.append(at(step));
  EXPECT_FALSE(passes.supersede(2));
  passes.append(at(2));
  EXPECT_EQ(all(passes), std::vector<Steps>({{0, 1, 2}}));
}

TEST(Passes, SplitAStretchWhereItsStepsGoBack) {
  Passes<ScalarPoints> passes;
  const ScalarPoint points[] = {at(0), at(1), at(1), at(0), at(5), at(4)};
  EXPECT_TRUE(passes.append(points, points + 6));
  EXPECT_EQ(all(passes), std::vector<Steps>({{0, 1, 1}, {0, 5}, {4}}));
  EXPECT_EQ(shown(passes), Steps({0, 4}));
}

/// What is shown, in the plainest way: what is superseded is gone.
struct PlainPasses {
  void append(int64_t step) {
    if (!steps.empty() && step < steps.back()) supersede(step);
    steps.push_back(step);
  }
  void supersede(int64_t step) {
    steps.erase(std::lower_bound(steps.begin(), steps.end(), step), steps.end());
  }
  Steps steps;
};

template <typename Points, typename Append>
void expect_the_same_as_the_plain_way(int changes, Append append) {
  std::mt19937 random(1);
  for (int round = 0; round < 30; ++round) {
    Passes<Points> passes;
    PlainPasses plain;
    std::size_t appended = 0;
    int64_t step = 0;
    for (int i = 0; i < changes; ++i) {
      if (random() % 4 == 0) step = static_cast<int64_t>(random() % 60);
      if (random() % 6 == 0) {
        passes.supersede(step);
        plain.supersede(step);
      } else {
        append(passes, step);
        plain.append(step);
        ++appended;
        step += random() % 3;
      }
    }
    ASSERT_EQ(shown(passes), plain.steps);
    ASSERT_EQ(passes.size(), plain.steps.size());
    for (std::size_t i = 0; i < plain.steps.size(); ++i) {
      ASSERT_EQ(passes.step_at(i), plain.steps[i]);
    }
    for (int64_t wanted = -1; wanted < 70; ++wanted) {
      const auto found = std::lower_bound(plain.steps.begin(), plain.steps.end(), wanted);
      ASSERT_EQ(passes.lower_bound(wanted), static_cast<std::size_t>(found - plain.steps.begin()));
    }
    std::size_t stored = 0;
    for (const Steps& pass : all(passes)) {
      ASSERT_TRUE(std::is_sorted(pass.begin(), pass.end()));
      stored += pass.size();
    }
    ASSERT_EQ(stored, passes.stored());
    const bool all_kept = stored == appended;
    ASSERT_EQ(all_kept, all(passes).size() < Passes<Points>::kMost);
  }
}

TEST(Passes, ShowTheLatestFromWhereItBeganAndKeepEveryPoint) {
  expect_the_same_as_the_plain_way<ScalarPoints>(
      300, [](auto& passes, int64_t step) { passes.append(at(step)); });
  expect_the_same_as_the_plain_way<SharedPoints<Thing>>(
      300, [](auto& passes, int64_t step) { passes.append(Thing{step}); });
}

TEST(Passes, ShowTheSameWhereThereAreMoreThanAreKept) {
  expect_the_same_as_the_plain_way<ScalarPoints>(
      10000, [](auto& passes, int64_t step) { passes.append(at(step)); });
}

TEST(Passes, AreKeptUpToANumber) {
  Passes<ScalarPoints> passes;
  for (int64_t i = 0; i < 100000; ++i) passes.append(at(2 - i % 2));
  EXPECT_EQ(shown(passes), Steps({1}));
  EXPECT_EQ(all(passes).size(), Passes<ScalarPoints>::kMost);
  EXPECT_LE(passes.stored(), 2 * Passes<ScalarPoints>::kMost);
}

TEST(Passes, LeaveAViewWhatItIs) {
  Passes<ScalarPoints> passes;
  for (int64_t i = 0; i < 5000; ++i) passes.append(at(i % 2));
  ScalarView view;
  passes.show(passes.size(), view);
  const Steps before = steps_of(view);
  for (int64_t i = 0; i < 1000; ++i) passes.append(at(-i));
  EXPECT_EQ(steps_of(view), before);
}

}  // namespace
}  // namespace suar::dashboard
