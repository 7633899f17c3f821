#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <suar/event.h>

namespace suar {

/// A stretch of an event file that holds no readable event; one thing that is wrong with several
/// records next to each other makes one of them.
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

/// One value of a curve.
struct ScalarPoint {
  int64_t step = 0;
  double wall_time = 0;  ///< seconds since 1970-01-01 UTC; may be NaN or infinite
  double value = 0;      ///< may be NaN or infinite
};

/// A name under which an event file holds scalars.
struct ScalarTag {
  std::string name;
  std::string description;  ///< Markdown; the first one that the file gives
};

/// Scalars of a stretch of an event file, those of each tag together, in the order of the file. A
/// tag is given by its index into `EventReader::scalar_tags()`.
class ScalarBatch {
 public:
  /// Adds a point, which is for the caller to fill in.
  ScalarPoint& add(uint32_t tag) {
    if (tag >= points_.size()) points_.resize(tag + std::size_t{1});
    auto& points = points_[tag];
    if (points.empty()) tags_.push_back(tag);
    ++size_;
    return points.emplace_back();
  }

  /// Number of points of all tags.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// The tags that have points, in the order of their first ones.
  const std::vector<uint32_t>& tags() const { return tags_; }

  /// The points of one of them.
  const std::vector<ScalarPoint>& points(uint32_t tag) const { return points_[tag]; }

  /// Keeps the memory for the next points.
  void clear() {
    for (const uint32_t tag : tags_) points_[tag].clear();
    tags_.clear();
    size_ = 0;
  }

 private:
  std::vector<std::vector<ScalarPoint>> points_;  ///< by tag
  std::vector<uint32_t> tags_;
  std::size_t size_ = 0;
};

/// A stretch of an event file, as `EventReader::read` hands it out.
struct EventBatch {
  ScalarBatch scalars;
  std::vector<LocatedEvent> events;  ///< the events that hold anything else, less their scalars
  std::size_t events_size = 0;       ///< of `events`, as `BatchLimits` counts them
  uint64_t bytes = 0;                ///< of the file, damaged ones among them, that were looked at
};

/// How much of an event file one `EventReader::read` takes in; it may be exceeded by one event.
struct BatchLimits {
  std::size_t scalars = 16384;
  std::size_t events = 4096;           ///< that hold anything but scalars; a value counts as one
  uint64_t bytes = uint64_t{8} << 20;  ///< of the file
};

/// What became of an event file, as `EventReader::look` sees it.
enum class FileNews {
  none,      ///< nothing since it was read to its end: there is nothing to read
  some,      ///< it may hold more than was read
  replaced,  ///< it is gone, or another file, or was written anew: start over with a new reader
};

/// Reads an event file that may still grow.
///
/// Every checksum is verified. A damaged record, and a record that does not decode, is skipped and
/// listed in `damage()`; reading goes on at the next good record. A record that is not whole yet is
/// returned by a later call, once it is; when whole ones come behind what there is of it, its end
/// is missing and it is damage. Damage at the end of the file is looked at again when the file has
/// changed, and is taken back when it has become good. When the disk fails, the calls throw
/// `suar::Error` with nothing taken in; a later call tries again. Not thread-safe; every call
/// blocks for the file only.
class EventReader {
 public:
  /// Opens the file to read from `offset` on, in bytes: the beginning of a record, as
  /// `LocatedEvent::offset` or an earlier reader's `offset()` give it. A tag's metadata that stands
  /// before it is not known then. Throws `suar::Error` when the file cannot be opened.
  explicit EventReader(const std::filesystem::path& path, uint64_t offset = 0);
  ~EventReader();
  EventReader(EventReader&&) noexcept;
  EventReader& operator=(EventReader&&) noexcept;

  /// The next event; empty when the file holds no further whole record now (call again later).
  std::optional<LocatedEvent> next();

  /// The next stretch of the file, in place of what `batch` held; its memory is used again, so that
  /// scalars cost no allocation. The quick way to read much: the events are those that `next` would
  /// return. A session log ends the stretch, being the last of its events: the scalars of a batch
  /// stand before it in the file. False when there is no further whole record now, and none was
  /// read; what it has looked at, the limits bound as well.
  bool read(EventBatch& batch, const BatchLimits& limits = {});

  /// The tags of all scalars that `read` handed out so far.
  const std::deque<ScalarTag>& scalar_tags() const;

  /// Whether it is of use to read on. The file is another one when its path names another one, it
  /// became shorter than what was read, or it holds other bytes at the end of the record read last.
  /// Costs one system call while nothing happens.
  FileNews look();

  /// Closes the file until it is read again: there may be more files than descriptors. What was
  /// read stays.
  void rest();

  /// What was skipped so far, in file order: at most the first 100 places.
  const std::vector<Damage>& damage() const;

  /// Number of places that were skipped so far, those not listed among them.
  uint64_t damage_count() const;

  /// Number of bytes read so far that belong to good or skipped records. Lessens when damage is
  /// taken back.
  uint64_t offset() const;

  const std::filesystem::path& path() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Names of TensorBoard's plugins, by the tags written for them.
using TagPlugins = std::map<std::string, std::string, std::less<>>;

/// Reads one event again, for example for its picture. `plugins` names those of tags whose metadata
/// stood at an earlier record; summaries of other tags are interpreted by their content. Empty when
/// no good record begins at `offset`. Throws `suar::Error` when the file cannot be read.
std::optional<Event> read_event_at(const std::filesystem::path& path, uint64_t offset,
                                   const TagPlugins& plugins = {});

/// True for a file name that TensorBoard takes for an event file: one that contains "tfevents".
bool is_event_file_name(const std::string& name);

}  // namespace suar
