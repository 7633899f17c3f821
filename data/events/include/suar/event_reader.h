#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <suar/event.h>

namespace suar {

/// A stretch of an event file that holds no readable event.
struct Damage {
  uint64_t offset = 0;  ///< where it begins, in bytes
  uint64_t length = 0;  ///< bytes until the next good record, or until the end of what was searched
  std::string reason;   ///< for people: "checksum of the data is wrong"
};

/// An event and the place of its record.
struct LocatedEvent {
  Event event;
  uint64_t offset = 0;  ///< of the record in the file: `read_event_at` finds it again
};

/// Reads an event file that may still grow.
///
/// Every checksum is verified. A damaged record, and a record that does not decode, is skipped and
/// listed in `damage()`; reading goes on at the next good record. A record that is not whole yet is
/// returned by a later call, once it is. Not thread-safe; every call blocks for the file only.
class EventReader {
 public:
  /// Opens the file. Throws `suar::Error` when it cannot be opened.
  explicit EventReader(const std::filesystem::path& path);
  ~EventReader();
  EventReader(EventReader&&) noexcept;
  EventReader& operator=(EventReader&&) noexcept;

  /// The next event; empty when the file holds no further whole record now (call again later).
  std::optional<LocatedEvent> next();

  /// True when the path now names another file than the open one, or the file became shorter than
  /// what was read: start over with a new reader.
  bool replaced() const;

  /// What was skipped so far, in file order.
  const std::vector<Damage>& damage() const;

  /// Number of bytes read so far that belong to good or skipped records.
  uint64_t offset() const;

  const std::filesystem::path& path() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads one event again, for example for its picture. `plugin` names the TensorBoard plugin of
/// each summary whose metadata stood only at an earlier record; summaries are interpreted by their
/// content when it is empty. Empty when no good record begins at `offset`. Throws `suar::Error`
/// when the file cannot be opened.
std::optional<Event> read_event_at(const std::filesystem::path& path, uint64_t offset,
                                   const std::string& plugin = {});

/// True for a file name that TensorBoard takes for an event file: one that contains "tfevents".
bool is_event_file_name(const std::string& name);

}  // namespace suar
