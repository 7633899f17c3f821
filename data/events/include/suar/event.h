#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace suar {

/// A histogram as TensorBoard records it: `counts[i]` values lie in [limits[i-1], limits[i]). The
/// first bucket begins at `min`, the last one ends at `max`.
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

/// A clip of sound.
struct Audio {
  float sample_rate = 0;  ///< in Hz
  int64_t channels = 0;
  int64_t frames = 0;                      ///< samples of one channel
  std::string encoded;                     ///< the bytes of a WAV file, or of what the type says
  std::string content_type = "audio/wav";  ///< MIME
};

/// Element types of a `TensorValue`, numbered as in TensorFlow's `DataType`.
enum class TensorType {
  invalid = 0,
  float32 = 1,
  float64 = 2,
  int32 = 3,
  uint8 = 4,
  int16 = 5,
  int8 = 6,
  string = 7,
  complex64 = 8,
  int64 = 9,
  boolean = 10,
  bfloat16 = 14,
  uint16 = 17,
  complex128 = 18,
  float16 = 19,
  uint32 = 22,
  uint64 = 23,
};

/// A tensor for a plugin (`Summary::plugin`) that gives it a meaning: PR curves, meshes.
struct TensorValue {
  TensorType type = TensorType::invalid;
  std::vector<int64_t> shape;        ///< empty is a single element
  std::string content;               ///< the elements, row-major and little-endian
  std::vector<std::string> strings;  ///< the elements instead, when the type is `string`
};

/// A summary of a kind that Suar does not interpret (yet), or one that consists of its plugin's
/// data alone; `plugin` is the name of the TensorBoard plugin that it was written for, or empty.
struct OtherSummary {
  std::string plugin;
};

/// What is logged under one tag at one step. A `double` is a scalar; it may be NaN or infinite.
using SummaryValue =
    std::variant<double, Histogram, Images, Text, Audio, TensorValue, OtherSummary>;

/// How TensorBoard stores a series, numbered as in its `DataClass`.
enum class DataClass {
  unknown = 0,
  scalar = 1,         ///< one float
  tensor = 2,         ///< a small tensor
  blob_sequence = 3,  ///< a list of large byte strings
};

/// The TensorBoard plugin that a series is for, and what only that plugin understands.
struct PluginData {
  std::string name;     ///< "pr_curves"; empty: the one that the form of the value stands for
  std::string content;  ///< a message of the plugin's own, serialised
  DataClass data_class = DataClass::unknown;
};

/// A value and the name of its series.
struct Summary {
  std::string tag;  ///< by convention "Group/name"; like all text, what is not UTF-8 becomes U+FFFD
  SummaryValue value;
  std::string description{};   ///< Markdown; written, as what follows, with the first value of a
                               ///< tag in a file that has any of them
  std::string display_name{};  ///< shown instead of the tag
  PluginData plugin{};
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
  std::string checkpoint_path{};  ///< where a checkpoint was saved
  std::string message{};          ///< for people
};

/// A model graph: the bytes of a serialised `GraphDef`, see graph.h.
struct SerializedGraph {
  std::string graph_def;
};

/// What a step cost: the bytes of a serialised `RunMetadata`, under the tag that the graph page
/// shows.
struct RunMetadata {
  std::string tag;
  std::string run_metadata;
};

/// An event of a kind that Suar does not interpret (yet).
struct OtherEvent {};

/// One record of an event file.
struct Event {
  double wall_time = 0;  ///< seconds since 1970-01-01 UTC
  int64_t step = 0;
  std::variant<OtherEvent, std::vector<Summary>, FileVersion, SessionLog, SerializedGraph,
               RunMetadata>
      what;
};

/// The time now in seconds since 1970-01-01 UTC, with the resolution of the system clock.
double wall_time_now();

}  // namespace suar
