#include "event_file_name.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include <suar/event_reader.h>

namespace suar {
namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";
constexpr int64_t kMostSeconds = 9999999999;  // ten digits, so that names sort as numbers do

/// The greatest seconds in the names of the event files there; -1 when there is none.
int64_t latest_seconds(const std::filesystem::path& directory) {
  int64_t latest = -1;
  std::error_code error;
  for (std::filesystem::directory_iterator file(directory, error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename().string();
    if (name.compare(0, kPrefix.size(), kPrefix) != 0) continue;
    int64_t seconds = 0;
    const auto parsed =
        std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), seconds);
    if (parsed.ec == std::errc{}) latest = std::max(latest, seconds);
  }
  return latest;
}

}  // namespace

bool holds_other_event_file(const std::filesystem::path& directory, const std::string& name) {
  std::error_code error;
  for (std::filesystem::directory_iterator file(directory, error), end; !error && file != end;
       file.increment(error)) {
    const std::string other = file->path().filename().string();
    if (other != name && is_event_file_name(other)) return true;
  }
  return false;
}

std::string make_event_file_name(const std::filesystem::path& directory, double wall_time) {
  static std::atomic<int> counter{0};
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  std::string safe_host = host;
  std::replace(safe_host.begin(), safe_host.end(), '/', '_');
  int64_t time = static_cast<int64_t>(wall_time);
  const int64_t latest = latest_seconds(directory);
  if (latest >= time && latest < kMostSeconds) time = latest + 1;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%010lld", static_cast<long long>(time));
  return std::string(kPrefix) + seconds + "." + safe_host + "." + std::to_string(getpid()) + "." +
         std::to_string(counter++);
}

}  // namespace suar
