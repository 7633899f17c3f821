#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <suar/event_reader.h>

namespace suar::dashboard {

/// What one tag of a run holds. As everywhere in the dashboard, points that a later pass of a
/// restarted training replaced do not count.
struct InspectedTag {
  std::string kind;  ///< "scalar", "histogram", "image", "text", or the plugin it was written for
  std::string tag;
  std::size_t points = 0;
  std::optional<int64_t> first_step;  ///< empty when a restart has replaced all points
  std::optional<int64_t> last_step;
};

/// A place in an event file that gave no event.
struct InspectedPlace {
  std::string file;  ///< name within the run's directory
  Damage place;
};

/// What the event files of one run hold.
struct InspectedRun {
  std::string name;  ///< path below the inspected directory; "." for itself and for a single file
  std::vector<std::string> files;
  std::optional<double> first_wall_time;  ///< seconds since 1970-01-01 UTC
  std::optional<double> last_wall_time;
  std::vector<InspectedTag> tags;  ///< by kind, then in the order in which they were logged first
  bool graph = false;
  std::vector<InspectedPlace> damage;      ///< at most the first 100 places of a file
  uint64_t damage_count = 0;               ///< of all damaged places
  std::vector<InspectedPlace> unfinished;  ///< ends of files that are no whole record (yet)
};

struct Inspection {
  std::vector<InspectedRun> runs;     ///< by name
  std::vector<std::string> problems;  ///< directories and files that cannot be read
};

/// Reads an event file (of any name), or all event files below a directory, to their ends as of
/// now. Blocks for as long as that takes; holds the scalars and histograms of one run in memory at
/// a time. Throws `suar::Error` when `path` is neither or cannot be read.
Inspection inspect(const std::filesystem::path& path);

}  // namespace suar::dashboard
