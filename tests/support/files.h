#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include <suar/event_reader.h>

namespace suar::testing {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline void append_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

/// How often this process has the file open.
inline int descriptors_of(const std::filesystem::path& path) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;  // that of the listing itself goes
    if (std::filesystem::read_symlink(entry.path(), error) == path) ++count;
  }
  return count;
}

/// Every event that is in the file now.
inline std::vector<Event> read_events(const std::filesystem::path& path) {
  EventReader reader(path);
  std::vector<Event> events;
  while (auto event = reader.next()) events.push_back(std::move(event->event));
  return events;
}

/// The summaries of all events, with their steps.
struct SteppedSummary {
  int64_t step;
  Summary summary;
};
inline std::vector<SteppedSummary> read_summaries(const std::filesystem::path& path) {
  std::vector<SteppedSummary> all;
  for (Event& event : read_events(path)) {
    auto* summaries = std::get_if<std::vector<Summary>>(&event.what);
    if (summaries == nullptr) continue;
    for (Summary& summary : *summaries) all.push_back({event.step, std::move(summary)});
  }
  return all;
}

}  // namespace suar::testing
