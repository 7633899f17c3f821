#include "progress_line.h"

#include <chrono>
#include <cmath>
#include <cstdio>

#include <gtest/gtest.h>

#include "progress_report.h"
#include "terminal.h"

namespace suar {
namespace {

using namespace std::chrono_literals;
using testing::Terminal;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr TimePoint kBegin{1000s};

/// A file, which is no terminal.
class PlainFile {
 public:
  ~PlainFile() { std::fclose(stream_); }
  std::FILE* stream() { return stream_; }

  /// What was written since the last call.
  std::string read() {
    std::fflush(stream_);
    std::fseek(stream_, read_, SEEK_SET);
    std::string text;
    for (int byte = std::fgetc(stream_); byte != EOF; byte = std::fgetc(stream_)) {
      text += static_cast<char>(byte);
    }
    read_ += static_cast<long>(text.size());
    return text;
  }

 private:
  std::FILE* const stream_ = std::tmpfile();
  long read_ = 0;
};

Progress at_step(int64_t step) {
  Progress progress;
  progress.step = step;
  return progress;
}

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

TEST(ProgressLine, OnATerminalIsWrittenOverTenTimesASecond) {
  Terminal terminal;
  ProgressLine line(terminal.stream(), kBegin);
  ASSERT_TRUE(line.due(kBegin)) << "at once";
  line.show(at_step(1), kBegin);
  EXPECT_EQ(terminal.read(), "\repoch 1  step 1\x1b[K");
  EXPECT_FALSE(line.due(kBegin + 99ms));
  EXPECT_TRUE(line.due(kBegin + 100ms));
  line.show(at_step(2), kBegin + 100ms);
  EXPECT_EQ(terminal.read(), "\repoch 1  step 2\x1b[K");
}

TEST(ProgressLine, OnATerminalIsEndedOnceForWhatIsWrittenBelow) {
  Terminal terminal;
  ProgressLine line(terminal.stream(), kBegin);
  line.finish();
  EXPECT_EQ(terminal.read(), "") << "there is none yet";
  line.show(at_step(1), kBegin);
  line.finish();
  line.finish();
  EXPECT_EQ(terminal.read(), "\repoch 1  step 1\x1b[K\n");
}

TEST(ProgressLine, IsCutOffWhereTheTerminalEndsSinceAWrappedOneCannotBeWrittenOver) {
  Terminal terminal(/*columns=*/10);
  ProgressLine line(terminal.stream(), kBegin);
  line.show(at_step(1), kBegin);
  EXPECT_EQ(terminal.read(), "\repoch 1  \x1b[K");
  terminal.resize(16);
  line.show(at_step(1), kBegin);
  EXPECT_EQ(terminal.read(), "\repoch 1  step 1\x1b[K") << "room for it and the cursor";
  terminal.resize(15);
  line.show(at_step(1), kBegin);
  EXPECT_EQ(terminal.read(), "\repoch 1  step \x1b[K");
  terminal.resize(0);
  line.show(at_step(1), kBegin);
  EXPECT_EQ(terminal.read(), "\repoch 1  step 1\x1b[K") << "nobody knows how wide it is";
}

TEST(ProgressLine, ElsewhereIsALineOfItsOwnEveryTenSeconds) {
  PlainFile file;
  ProgressLine line(file.stream(), kBegin);
  EXPECT_FALSE(line.due(kBegin + 9999ms));
  ASSERT_TRUE(line.due(kBegin + 10s));
  line.show(at_step(7), kBegin + 10s);
  line.finish();
  EXPECT_EQ(file.read(), "epoch 1  step 7\n");
  EXPECT_FALSE(line.due(kBegin + 19999ms));
  EXPECT_TRUE(line.due(kBegin + 20s));
}

TEST(ProgressReport, TellsTheRateSinceTheLineBeforeAndTheTimeLeft) {
  Terminal terminal;
  ProgressReport report(true, /*epochs=*/2, /*steps_per_epoch=*/500, terminal.stream(), kBegin);
  report.set_epoch(1);
  report.set_loss(0.25);
  report.set_accuracy(0.5);
  report.show(100, kBegin);
  EXPECT_EQ(terminal.read(), "\repoch 2/2  step 100/1000  loss 0.25  accuracy 50.0 %\x1b[K");
  report.show(150, kBegin + 50ms);
  EXPECT_EQ(terminal.read(), "") << "too soon";
  report.show(200, kBegin + 1s);
  EXPECT_EQ(terminal.read(),
            "\repoch 2/2  step 200/1000  loss 0.25  accuracy 50.0 %  100 steps/s  0:08 left\x1b[K");
  report.show(400, kBegin + 2s);
  EXPECT_NE(terminal.read().find("  120 steps/s  0:05 left"), std::string::npos)
      << "a fifth of the way from 100 to 200";
}

TEST(ProgressReport, CountsNoPauseIntoTheRate) {
  Terminal terminal;
  ProgressReport report(true, 0, 0, terminal.stream(), kBegin);
  report.show(0, kBegin);
  report.show(100, kBegin + 1s);
  report.pause();
  report.show(101, kBegin + 61s);
  report.show(201, kBegin + 62s);
  terminal.read();
  report.show(301, kBegin + 63s);
  EXPECT_EQ(terminal.read(), "\repoch 1  step 301  100 steps/s\x1b[K");
}

TEST(ProgressReport, PrintsAValidationBelowTheLine) {
  Terminal terminal;
  ProgressReport report(true, 3, 0, terminal.stream(), kBegin);
  report.show(5, kBegin);
  report.print_validation({{"loss", 0.5}, {"accuracy", std::nan("")}});
  EXPECT_EQ(terminal.read(),
            "\repoch 1/3  step 5\x1b[K\nepoch 1/3  validation  loss 0.5  accuracy nan\n");
}

TEST(ProgressReport, ThatIsSwitchedOffWritesNothing) {
  Terminal terminal;
  ProgressReport report(false, 3, 0, terminal.stream(), kBegin);
  report.show(5, kBegin);
  report.print_validation({{"loss", 0.5}});
  report.finish();
  EXPECT_EQ(terminal.read(), "");
}

}  // namespace
}  // namespace suar
