#include "progress_line.h"

#include <gtest/gtest.h>

namespace suar {
namespace {

TEST(ProgressLine, SaysEverythingThatIsKnown) {
  Progress progress;
  progress.epoch = 1;
  progress.epochs = 5;
  progress.step = 1200;
  progress.total_steps = 4690;
  progress.loss = 0.41234;
  progress.accuracy = 0.851;
  progress.steps_per_second = 212;
  EXPECT_EQ(format_progress(progress),
            "epoch 2/5  step 1200/4690  loss 0.4123  accuracy 85.1 %  212 steps/s  0:17 left");
}

TEST(ProgressLine, LeavesOutWhatIsNotKnown) {
  Progress progress;
  progress.step = 3;
  EXPECT_EQ(format_progress(progress), "epoch 1  step 3");
}

TEST(ProgressLine, TellsLongTimesInHours) {
  Progress progress;
  progress.step = 10;
  progress.total_steps = 10010;
  progress.steps_per_second = 0.5;
  EXPECT_EQ(format_progress(progress), "epoch 1  step 10/10010  0.5 steps/s  5:33:20 left");
}

}  // namespace
}  // namespace suar
