#include "process_usage.h"

#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> resident_bytes() {
  std::ifstream file("/proc/self/statm");  // Linux
  double total = 0, resident = 0;
  if (!(file >> total >> resident)) return std::nullopt;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

ProcessUsage::ProcessUsage() : last_time_(Clock::now()), last_cpu_seconds_(cpu_seconds()) {}

std::vector<Summary> ProcessUsage::take() {
  std::vector<Summary> summaries;
  if (const auto bytes = resident_bytes()) {
    summaries.push_back({"System/memory_mb", *bytes / 1e6, "Resident memory of the process, MB."});
  }
  const auto now = Clock::now();
  const double cpu = cpu_seconds();
  const double seconds = std::chrono::duration<double>(now - last_time_).count();
  if (seconds > 0) {
    summaries.push_back({"System/cpu_percent", 100 * (cpu - last_cpu_seconds_) / seconds,
                         "CPU time of the process; 100 is one core."});
  }
  last_time_ = now;
  last_cpu_seconds_ = cpu;
  return summaries;
}

}  // namespace suar
