#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace suar {

/// A histogram as TensorBoard records it: `counts[i]` values lie in [limits[i-1], limits[i]). The first
/// bucket begins at `min`, the last one ends at `max`.
struct Histogram {
  double min = 0;              ///< smallest finite value; 0 when there is none
  double max = 0;              ///< largest finite value; 0 when there is none
  double count = 0;            ///< number of values counted in the buckets
  double sum = 0;              ///< of the finite values
  double sum_squares = 0;      ///< of the finite values
  std::vector<double> limits;  ///< right edges of the buckets, ascending
  std::vector<double> counts;  ///< one for each limit
};

/// An encoded picture.
struct Image {
  int32_t height = 0;    ///< in pixels
  int32_t width = 0;     ///< in pixels
  int32_t channels = 0;  ///< 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; 0 unknown
  std::string encoded;   ///< the bytes of a PNG (a reader may also meet JPEG or GIF)
};

/// All pictures that were logged under one tag at one step.
struct Images {
  std::vector<Image> samples;
};

/// A piece of text in Markdown.
struct Text {
  std::string markdown;
};

/// A summary of a kind that Suar does not interpret (yet); `plugin` is the name of the TensorBoard
/// plugin that it was written for, or empty.
struct OtherSummary {
  std::string plugin;
};

/// What is logged under one tag at one step. A `double` is a scalar; it may be NaN or infinite.
using SummaryValue = std::variant<double, Histogram, Images, Text, OtherSummary>;

/// A value and the name of its series.
struct Summary {
  std::string tag;  ///< any UTF-8; by convention "Group/name"
  SummaryValue value;
  std::string description;  ///< Markdown; written with the first value of a tag in a file
};

/// The first record of every event file, "brain.Event:2".
struct FileVersion {
  std::string version;
};

/// Marks the start or end of a writing session. A start at step S says that whatever the run logged
/// earlier at steps >= S has been superseded.
struct SessionLog {
  enum class Status { unspecified = 0, start = 1, stop = 2, checkpoint = 3 };
  Status status = Status::unspecified;
};

/// A model graph: the bytes of a serialised `GraphDef`, see graph.h.
struct SerializedGraph {
  std::string graph_def;
};

/// An event of a kind that Suar does not interpret (yet).
struct OtherEvent {};

/// One record of an event file.
struct Event {
  double wall_time = 0;  ///< seconds since 1970-01-01 UTC
  int64_t step = 0;
  std::variant<OtherEvent, std::vector<Summary>, FileVersion, SessionLog, SerializedGraph> what;
};

/// The time now in seconds since 1970-01-01 UTC, with the resolution of the system clock.
double wall_time_now();

}  // namespace suar
