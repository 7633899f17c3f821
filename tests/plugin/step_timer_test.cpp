#include "step_timer.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace suar {
namespace {

using Moment = StepTimer::Moment;
using std::chrono::milliseconds;

class StepTimerTest : public ::testing::Test {
 protected:
  void pass(int64_t time) { now_ += milliseconds(time); }

  std::map<std::string, double> take() {
    std::map<std::string, double> values;
    for (const Summary& summary : timer_.take()) {
      values[summary.tag] = std::get<double>(summary.value);
    }
    return values;
  }

  StepTimer timer_;
  StepTimer::TimePoint now_{};
};

TEST_F(StepTimerTest, TellsWhereTheTimeOfStepsGoes) {
  timer_.restart(now_);
  for (int step = 0; step < 2; ++step) {
    pass(1);
    timer_.mark(Moment::batch_begin, now_);
    pass(4 + 2 * step);
    timer_.mark(Moment::before_backward, now_);
    pass(10);
    timer_.mark(Moment::after_backward, now_);
    pass(4);
    timer_.add_samples(50);
    timer_.end_step(now_);
  }
  const auto values = take();
  EXPECT_DOUBLE_EQ(values.at("StepTime/data"), 1);
  EXPECT_DOUBLE_EQ(values.at("StepTime/forward"), 5);
  EXPECT_DOUBLE_EQ(values.at("StepTime/backward"), 10);
  EXPECT_DOUBLE_EQ(values.at("StepTime/optimizer"), 4);
  EXPECT_DOUBLE_EQ(values.at("StepTime/total"), 20);
  EXPECT_DOUBLE_EQ(values.at("Throughput/steps"), 50);
  EXPECT_DOUBLE_EQ(values.at("Throughput/samples"), 2500);
  EXPECT_EQ(values.size(), 7u);
}

TEST_F(StepTimerTest, NamesOnlyWhatTheHooksThatAreCalledTellApart) {
  timer_.restart(now_);
  pass(8);
  timer_.end_step(now_);
  auto values = take();
  EXPECT_DOUBLE_EQ(values.at("StepTime/total"), 8);
  EXPECT_EQ(values.count("StepTime/data"), 0u);
  pass(1);
  timer_.mark(Moment::batch_begin, now_);
  pass(3);
  timer_.mark(Moment::after_backward, now_);
  timer_.end_step(now_);
  values = take();
  EXPECT_DOUBLE_EQ(values.at("StepTime/forward_and_backward"), 3);
  EXPECT_EQ(values.count("StepTime/forward"), 0u);
}

TEST_F(StepTimerTest, LeavesOutWhatIsNoPartOfAStep) {
  timer_.restart(now_);
  pass(5);
  timer_.mark(Moment::after_backward, now_);
  pass(100);
  timer_.skip(now_);
  pass(5);
  timer_.end_step(now_);
  pass(1000);
  timer_.restart(now_);
  pass(10);
  timer_.end_step(now_);
  const auto values = take();
  EXPECT_DOUBLE_EQ(values.at("StepTime/total"), 10);
  EXPECT_DOUBLE_EQ(values.at("StepTime/optimizer"), 2.5);
}

TEST_F(StepTimerTest, TellsNothingOfAStepWhoseBeginNobodySaw) {
  pass(5);
  timer_.add_samples(50);
  timer_.end_step(now_);
  EXPECT_TRUE(take().empty());
  pass(5);
  timer_.add_samples(50);
  timer_.end_step(now_);
  EXPECT_DOUBLE_EQ(take().at("Throughput/samples"), 10000);
}

TEST_F(StepTimerTest, TakesTheMeanOverTheStepsSinceTheLastTime) {
  timer_.restart(now_);
  for (const int64_t time : {2, 4}) {
    pass(time);
    timer_.end_step(now_);
  }
  EXPECT_DOUBLE_EQ(take().at("StepTime/total"), 3);
  pass(10);
  timer_.end_step(now_);
  EXPECT_DOUBLE_EQ(take().at("StepTime/total"), 10);
}

}  // namespace
}  // namespace suar
