#include "process_usage.h"

#include <ctime>
#include <map>
#include <string>

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

TEST(ProcessUsage, TellsTheCpuThatWasUsedSinceTheLastTime) {
  ProcessUsage usage;
  usage.take();
  const std::clock_t begin = std::clock();
  while (std::clock() - begin < CLOCKS_PER_SEC / 20) {
  }
  double percent = 0;
  for (const Summary& summary : usage.take()) {
    if (summary.tag == "System/cpu_percent") percent = std::get<double>(summary.value);
  }
  EXPECT_GT(percent, 0);
}

}  // namespace
}  // namespace suar
