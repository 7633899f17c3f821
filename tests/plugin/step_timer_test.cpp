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

  void end_step(int64_t samples = 0) {
    timer_.end_batch(samples, now_);
    timer_.end_step();
  }

  std::map<std::string, double> take() {
    std::map<std::string, double> values;
    const auto times = timer_.take();
    for (const Summary& summary : times.summaries) {
      values[summary.tag] = std::get<double>(summary.value);
    }
    if (const auto& samples = times.samples_per_second) {
      values[samples->tag] = std::get<double>(samples->value);
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
    end_step(50);
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
  end_step();
  auto values = take();
  EXPECT_DOUBLE_EQ(values.at("StepTime/total"), 8);
  EXPECT_EQ(values.count("StepTime/data"), 0u);
  pass(1);
  timer_.mark(Moment::batch_begin, now_);
  pass(3);
  timer_.mark(Moment::after_backward, now_);
  end_step();
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
  end_step();
  pass(1000);
  timer_.restart(now_);
  pass(10);
  end_step();
  const auto values = take();
  EXPECT_DOUBLE_EQ(values.at("StepTime/total"), 10);
  EXPECT_DOUBLE_EQ(values.at("StepTime/optimizer"), 2.5);
}

TEST_F(StepTimerTest, CountsEachBatchOfAStep) {
  timer_.restart(now_);
  for (const int64_t data : {1, 3, 5}) {
    pass(data);
    timer_.mark(Moment::batch_begin, now_);
    pass(10);
    timer_.mark(Moment::after_backward, now_);
    timer_.end_batch(20, now_);
  }
  pass(100);  // until somebody notices that the step is over
  timer_.end_step();
  const auto values = take();
  EXPECT_DOUBLE_EQ(values.at("StepTime/data"), 9);
  EXPECT_DOUBLE_EQ(values.at("StepTime/forward_and_backward"), 30);
  EXPECT_DOUBLE_EQ(values.at("StepTime/total"), 39);
  EXPECT_DOUBLE_EQ(values.at("Throughput/samples"), 60 / 0.039);
}

TEST_F(StepTimerTest, NamesWhatTookNoTimeThatTheClockCouldTell) {
  timer_.restart(now_);
  timer_.mark(Moment::batch_begin, now_);
  pass(1);
  end_step();
  EXPECT_EQ(take().at("StepTime/data"), 0);
}

TEST_F(StepTimerTest, TellsNothingOfAStepWhoseBeginNobodySaw) {
  pass(5);
  end_step(50);
  EXPECT_TRUE(take().empty());
  pass(5);
  end_step(50);
  EXPECT_DOUBLE_EQ(take().at("Throughput/samples"), 10000);
}

TEST_F(StepTimerTest, TakesTheMeanOverTheStepsSinceTheLastTime) {
  timer_.restart(now_);
  for (const int64_t time : {2, 4}) {
    pass(time);
    end_step();
  }
  EXPECT_DOUBLE_EQ(take().at("StepTime/total"), 3);
  pass(10);
  end_step();
  EXPECT_DOUBLE_EQ(take().at("StepTime/total"), 10);
}

}  // namespace
}  // namespace suar
