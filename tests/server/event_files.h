#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <suar/event.h>
#include <suar/event_writer.h>

namespace suar::testing {

inline Event scalar_event(int64_t step, const std::string& tag, double value,
                          double wall_time = 0) {
  return {wall_time != 0 ? wall_time : 1000.0 + static_cast<double>(step), step,
          std::vector<Summary>{{tag, value, ""}}};
}

inline Event start_event(int64_t step) {
  return {1000.0 + static_cast<double>(step), step, SessionLog{SessionLog::Status::start}};
}

/// Writes an event file of that name with these events and nothing else (no START).
inline void write_event_file(const std::filesystem::path& path, const std::vector<Event>& events) {
  const auto directory = path.parent_path() / ("writing-" + path.filename().string());
  std::filesystem::path written;
  std::string head;
  {
    EventWriter writer(directory);
    writer.flush();
    written = writer.path();
    const auto head_size = std::filesystem::file_size(written);
    for (const auto& event : events) writer.write(event);
    writer.flush();
    std::ifstream in(written, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes.substr(head_size);
  }
  std::filesystem::remove_all(directory);
}

/// The bytes that these events take in an event file.
inline std::string event_bytes(const std::filesystem::path& scratch,
                               const std::vector<Event>& events) {
  const auto path = scratch / "scratch" / "bytes";
  write_event_file(path, events);
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::filesystem::remove_all(scratch / "scratch");
  return bytes;
}

inline void append_to_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

/// Waits until `condition()` holds; false when it does not within ten seconds.
template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace suar::testing
