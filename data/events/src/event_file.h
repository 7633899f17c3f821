#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <suar/event.h>

#include "event_encoder.h"
#include "output_file.h"

namespace suar {

/// The events of one session in a run directory: an event file that begins with the file version
/// and, as `purge_step` says, a `SessionLog START` or two, and another such file when it was
/// deleted. Not thread-safe.
class EventFile {
 public:
  /// Creates `directory` (with its parents) and the file. Throws `suar::Error` when it cannot.
  EventFile(const std::filesystem::path& directory, std::optional<int64_t> purge_step,
            std::function<void(const std::string&)> on_error,
            uint64_t largest_record = kLargestRecord);

  void append(const Event& event);
  void append_scalar(double wall_time, int64_t step, std::string_view tag, float value);

  /// Begins a new file when the present one was deleted, with its directory or alone. What is
  /// buffered moves there.
  void replace_if_deleted();

  /// Writes what is buffered; false when not all of it could be written.
  bool flush() { return file_.flush(); }
  /// Asks the kernel to put everything on the disk; false when it could not.
  bool sync() { return file_.sync(); }

  std::size_t buffered_bytes() const { return file_.buffered_bytes(); }
  uint64_t buffered_events() const { return file_.buffered_records(); }
  uint64_t lost_events() const { return file_.lost_records(); }
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  /// Begins a file that is empty.
  void append_head();
  void append_encoded();

  std::filesystem::path directory_;
  std::optional<int64_t> purge_step_;
  const std::function<void(const std::string&)> on_error_;
  OutputFile file_;
  EventEncoder encoder_;
  std::string encoded_;
};

}  // namespace suar
