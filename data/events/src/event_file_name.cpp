#include "event_file_name.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>

#include <unistd.h>

#include <suar/event_reader.h>

namespace suar {

double wall_time_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since_epoch).count();
}

bool is_event_file_name(const std::string& name) {
  return name.find("tfevents") != std::string::npos;
}

std::string make_event_file_name(double wall_time) {
  static std::atomic<int> counter{0};
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  std::string safe_host = host;
  std::replace(safe_host.begin(), safe_host.end(), '/', '_');
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%010lld", static_cast<long long>(wall_time));
  return std::string("events.out.tfevents.") + seconds + "." + safe_host + "." +
         std::to_string(getpid()) + "." + std::to_string(counter++);
}

}  // namespace suar
