#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <suar/event.h>

namespace suar {

/// Tells what this process takes of the machine.
class ProcessUsage {
 public:
  ProcessUsage();

  /// "System/memory_mb" (resident; where the system tells) and "System/cpu_percent" since the call
  /// before (200: two cores busy). Some microseconds.
  std::vector<Summary> take();

 private:
  std::chrono::steady_clock::time_point last_time_;
  double last_cpu_seconds_;
};

}  // namespace suar
