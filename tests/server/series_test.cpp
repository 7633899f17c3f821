#include "series.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "scalar_points.h"
#include "shared_points.h"

namespace suar::dashboard {
namespace {

class ScalarSeries : public ::testing::Test {
 protected:
  void append(const std::string& file, int64_t step, double value = 0) {
    series_.append(file, {step, 0, value});
  }
  std::vector<int64_t> steps() const {
    std::vector<int64_t> steps;
    series_.view().for_each_from(
        0, [&](std::size_t, const ScalarPoint& point) { steps.push_back(point.step); });
    return steps;
  }
  using Steps = std::vector<int64_t>;

  /// File, number and steps of each pass, and how many of these were there at version `since`.
  struct Pass {
    std::string file;
    std::size_t number;
    Steps steps;
    std::optional<std::size_t> before;
    bool operator==(const Pass& other) const {
      return file == other.file && number == other.number && steps == other.steps &&
             before == other.before;
    }
  };
  std::vector<Pass> passes(uint64_t since = 0) const {
    std::vector<Pass> passes;
    for (const auto& pass : series_.passes(since)) {
      Steps steps;
      pass.points.for_each_from(
          0, [&](std::size_t, const ScalarPoint& point) { steps.push_back(point.step); });
      passes.push_back({pass.file, pass.number, steps, pass.size_at_since});
    }
    return passes;
  }

  SessionStarts starts_;
  Series<ScalarPoints> series_{starts_};
};

TEST_F(ScalarSeries, KeepsEveryPointInOrder) {
  for (int64_t step = 0; step < 20000; ++step) append("a", step, 0.5 * static_cast<double>(step));
  series_.settle(1);
  const auto view = series_.view();
  ASSERT_EQ(view.size(), 20000u);
  for (std::size_t i = 0; i < view.size(); ++i) {
    ASSERT_EQ(view[i].step, static_cast<int64_t>(i));
    ASSERT_EQ(view[i].value, 0.5 * static_cast<double>(i));
  }
  EXPECT_EQ(view.lower_bound(12345), 12345u);
  EXPECT_EQ(view.lower_bound(std::numeric_limits<int64_t>::max()), 20000u);
}

TEST_F(ScalarSeries, KeepsEveryPointOfARepeatedStep) {
  for (int i = 0; i < 5; ++i) append("a", 7, i);
  EXPECT_EQ(steps(), Steps({7, 7, 7, 7, 7}));
}

TEST_F(ScalarSeries, ShowsTheLaterPassWhenStepsGoBack) {
  for (const int64_t step : {0, 1, 2, 3, 4, 2, 3}) append("a", step);
  EXPECT_EQ(steps(), Steps({0, 1, 2, 3}));
}

TEST_F(ScalarSeries, HidesWhatALaterFileDoesAgainWhateverTheOrderOfReading) {
  append("b", 2, 20);
  append("b", 3, 30);
  append("a", 0);
  append("a", 1);
  append("a", 2);
  EXPECT_EQ(steps(), Steps({0, 1, 2, 3}));
  append("a", 9);
  EXPECT_EQ(steps(), Steps({0, 1, 2, 3}));
}

TEST_F(ScalarSeries, HidesWhatFollowsTheStartOfASessionInALaterFile) {
  for (const int64_t step : {0, 1, 2, 3}) append("a", step);
  starts_.add("b", 2);
  EXPECT_EQ(steps(), Steps({0, 1}));
}

TEST_F(ScalarSeries, IsSupersededByTheStartsThatCameBetweenItsPointsAndByNoOthers) {
  for (const int64_t step : {0, 1, 2, 3, 4}) append("a", step);
  starts_.add("a", 2);
  starts_.add("a", 4);
  append("a", 5);
  EXPECT_EQ(steps(), Steps({0, 1, 5}));
  append("a", 6);
  starts_.add("a", 6);
  series_.settle(1);
  EXPECT_EQ(steps(), Steps({0, 1, 5}));
  EXPECT_FALSE(series_.settle(2));
  EXPECT_EQ(series_.stored(), 7u);
}

TEST_F(ScalarSeries, IsNotSupersededByAStartBeforeItsFirstPointInAFile) {
  starts_.add("a", 0);
  for (const int64_t step : {3, 4}) append("a", step);
  series_.settle(1);
  EXPECT_EQ(steps(), Steps({3, 4}));
}

TEST_F(ScalarSeries, ForgetsWhatALostFileHeld) {
  append("a", 0);
  append("a", 5);
  append("b", 1);
  series_.forget_file("b");
  EXPECT_EQ(steps(), Steps({0, 5}));
}

TEST_F(ScalarSeries, KnowsHowLongItWasAtAnEarlierVersionWhileItOnlyGrew) {
  append("a", 0);
  EXPECT_TRUE(series_.settle(3));
  append("a", 1);
  append("a", 2);
  EXPECT_TRUE(series_.settle(5));
  EXPECT_FALSE(series_.settle(6));
  EXPECT_EQ(series_.version(), 5u);
  EXPECT_EQ(series_.size_at(3), 1u);
  EXPECT_EQ(series_.size_at(4), 1u);
  EXPECT_EQ(series_.size_at(5), 3u);
  EXPECT_EQ(series_.size_at(99), 3u);
}

TEST_F(ScalarSeries, KnowsNoEarlierLengthOnceThePastChanged) {
  for (const int64_t step : {0, 1, 2}) append("a", step);
  series_.settle(1);
  append("a", 1);
  series_.settle(2);
  EXPECT_EQ(series_.size_at(1), std::nullopt);
  EXPECT_EQ(series_.size_at(2), 2u);
  starts_.add("b", 1);
  append("b", 1);
  series_.settle(3);
  EXPECT_EQ(series_.size_at(2), std::nullopt);
}

TEST_F(ScalarSeries, GoesOnInANewFileWithoutRewritingThePast) {
  append("a", 0);
  append("a", 1);
  series_.settle(1);
  append("b", 2);
  series_.settle(2);
  EXPECT_EQ(series_.size_at(1), 2u);
  EXPECT_EQ(steps(), Steps({0, 1, 2}));
}

TEST_F(ScalarSeries, RemembersOnlySoManyChanges) {
  for (int64_t i = 0; i < 1000; ++i) {
    append("a", i);
    series_.settle(static_cast<uint64_t>(i + 1));
  }
  EXPECT_EQ(series_.size_at(1), std::nullopt);
  EXPECT_EQ(series_.size_at(990), 990u);
}

TEST_F(ScalarSeries, GivesEveryPassOfEveryFileWithAllItsPoints) {
  for (const int64_t step : {0, 1, 2, 3, 1, 2}) append("a", step);
  starts_.add("b", 2);
  for (const int64_t step : {2, 3}) append("b", step);
  series_.settle(1);
  EXPECT_EQ(steps(), Steps({0, 1, 2, 3}));
  EXPECT_EQ(series_.stored(), 8u);
  EXPECT_EQ(passes(), std::vector<Pass>({{"a", 0, {0, 1, 2, 3}, std::nullopt},
                                         {"a", 1, {1, 2}, std::nullopt},
                                         {"b", 0, {2, 3}, std::nullopt}}));
}

TEST_F(ScalarSeries, GivesAPassWhosePointsAreAllHidden) {
  append("a", 5);
  starts_.add("b", 0);
  series_.settle(1);
  EXPECT_EQ(series_.size(), 0u);
  EXPECT_EQ(passes(1), std::vector<Pass>({{"a", 0, {5}, 1}}));
}

TEST_F(ScalarSeries, KnowsHowLongEachPassWasWhileTheSeriesOnlyGrew) {
  for (const int64_t step : {0, 1, 2, 3, 2}) append("a", step);
  series_.settle(1);
  append("a", 3);
  append("a", 4);
  series_.settle(2);
  append("c", 5);
  series_.settle(3);
  EXPECT_EQ(passes(1), std::vector<Pass>(
                           {{"a", 0, {0, 1, 2, 3}, 4}, {"a", 1, {2, 3, 4}, 1}, {"c", 0, {5}, 0}}));
  EXPECT_EQ(passes(3), std::vector<Pass>(
                           {{"a", 0, {0, 1, 2, 3}, 4}, {"a", 1, {2, 3, 4}, 3}, {"c", 0, {5}, 1}}));
  append("c", 4);
  series_.settle(4);
  for (const auto& pass : passes(3)) EXPECT_EQ(pass.before, std::nullopt);
}

TEST_F(ScalarSeries, ChangesWhenAHiddenPassGrows) {
  append("a", 0);
  starts_.add("b", 1);
  series_.settle(1);
  append("a", 7);
  EXPECT_TRUE(series_.settle(2));
  EXPECT_EQ(steps(), Steps({0}));
  EXPECT_EQ(passes(1), std::vector<Pass>({{"a", 0, {0, 7}, std::nullopt}}));
}

TEST(ScalarView, StaysWhatItIsWhileTheSeriesGoesBackAndOn) {
  SessionStarts starts;
  Series<ScalarPoints> series(starts);
  for (int64_t step = 0; step < 100; ++step) series.append("a", {step, 0, 1.0});
  const auto view = series.view();
  for (int64_t step = 40; step < 100; ++step) series.append("a", {step, 0, 2.0});
  ASSERT_EQ(view.size(), 100u);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(view[i].value, 1.0);
  const auto later = series.view();
  ASSERT_EQ(later.size(), 100u);
  EXPECT_EQ(later[39].value, 1.0);
  EXPECT_EQ(later[40].value, 2.0);
}

TEST(SharedPoints, FollowTheSameRules) {
  struct Thing {
    int64_t step;
    int value;
  };
  SessionStarts starts;
  Series<SharedPoints<Thing>> series(starts);
  for (const int64_t step : {0, 10, 20, 10}) series.append("a", Thing{step, 1});
  EXPECT_EQ(series.view().size(), 2u);
  starts.add("b", 10);
  EXPECT_EQ(series.view().size(), 1u);
  EXPECT_EQ(series.last_step(), 0);
}

}  // namespace
}  // namespace suar::dashboard
