#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <suar/event.h>
#include <suar/tiles.h>

namespace suar::dashboard {

/// A record in an event file, by which what is too large to keep is read again.
struct RecordPlace {
  std::shared_ptr<const std::filesystem::path> file;
  uint64_t offset = 0;
};

struct HistogramPoint {
  int64_t step = 0;
  double wall_time = 0;
  Histogram histogram;  ///< as `compact` makes it
};

/// The pictures of one step. Their bytes stay in the event file.
struct ImagePoint {
  struct Size {
    int32_t width = 0;
    int32_t height = 0;
  };
  int64_t step = 0;
  double wall_time = 0;
  uint64_t id = 0;  ///< never used again within a session
  RecordPlace place;
  std::vector<Size> samples;
};

struct TextPoint {
  int64_t step = 0;
  double wall_time = 0;
  std::string markdown;
};

/// What is in the pictures of one step.
struct TilesPoint {
  int64_t step = 0;
  double wall_time = 0;
  Tiles tiles;
};

/// A value of a kind that the dashboard does not show.
struct OtherPoint {
  int64_t step = 0;
  double wall_time = 0;
  std::string plugin;  ///< for which it was written; may be empty
};

/// The same histogram with fewer numbers: neighbouring empty buckets become one, empty buckets at
/// the ends are cut off, and the last bucket ends at `max`. Fields that do not fit together are
/// mended.
Histogram compact(Histogram histogram);

}  // namespace suar::dashboard
