#include "process_usage.h"

#include <chrono>
#include <ctime>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace suar {
namespace {

TEST(ProcessUsage, GrowsWithTheMemoryThatIsTouched) {
  ProcessUsage usage;
  const auto memory = [&] {
    for (const Summary& summary : usage.take()) {
      if (summary.tag == "System/memory_mb") return std::get<double>(summary.value);
    }
    return 0.0;
  };
  const double before = memory();
  const std::string touched(64 << 20, 'x');
  const double after = memory();
  EXPECT_GT(before, 0);
  EXPECT_GT(after - before, 60);
  EXPECT_EQ(touched[12345], 'x');
}

/// Time by the clocks of the standard library.
struct Clocks {
  double cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
};
double seconds(const Clocks& begin, const Clocks& end) {
  return std::chrono::duration<double>(end.wall - begin.wall).count();
}

TEST(ProcessUsage, TellsTheCpuThatWasUsedSinceTheLastTime) {
  ProcessUsage usage;
  const Clocks before_first;
  usage.take();
  const Clocks after_first;
  while (Clocks().cpu < after_first.cpu + 0.05) {
  }
  // Half of it idle: the share is none of 0 or all.
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const Clocks before_second;
  const auto summaries = usage.take();
  const Clocks after_second;
  ASSERT_EQ(summaries.back().tag, "System/cpu_percent");
  const double percent = std::get<double>(summaries.back().value);
  // It looked at its clocks between those looks; the two clocks tick in steps of their own.
  const double tick = 0.005;
  EXPECT_GE(percent, 100 * (before_second.cpu - after_first.cpu - tick) /
                         seconds(before_first, after_second));
  EXPECT_LE(percent, 100 * (after_second.cpu - before_first.cpu + tick) /
                         seconds(after_first, before_second));
}

}  // namespace
}  // namespace suar
