#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

// An event as it stands on the wire, message for message as in schema/*.proto. Text and blobs are
// views into the bytes of the record. Which field of a `oneof` is there is the alternative that
// a variant holds.

namespace suar {

struct TensorMessage {
  struct Dim {
    int64_t size = 0;
    std::string_view name;
  };
  int32_t dtype = 0;
  std::vector<Dim> dims;
  bool unknown_rank = false;
  int32_t version_number = 0;
  std::string_view content;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<int32_t> ints;
  std::vector<std::string_view> strings;
  std::vector<float> complex_floats;  ///< two of them an element
  std::vector<int64_t> int64s;
  std::vector<bool> bools;
  std::vector<double> complex_doubles;  ///< two of them an element
  std::vector<int32_t> halves;          ///< bits of 16-bit floats of either kind
  std::vector<uint32_t> uint32s;
  std::vector<uint64_t> uint64s;
};

struct MetadataMessage {
  std::string_view plugin_name;
  std::string_view plugin_content;
  std::string_view display_name;
  std::string_view description;
  int32_t data_class = 0;
};

struct HistogramMessage {
  double min = 0;
  double max = 0;
  double num = 0;
  double sum = 0;
  double sum_squares = 0;
  std::vector<double> bucket_limits;
  std::vector<double> buckets;
};

struct ImageMessage {
  int32_t height = 0;
  int32_t width = 0;
  int32_t colorspace = 0;
  std::string_view encoded;
};

struct AudioMessage {
  float sample_rate = 0;
  int64_t num_channels = 0;
  int64_t length_frames = 0;
  std::string_view encoded;
  std::string_view content_type;
};

struct ValueMessage {
  std::string_view tag;
  MetadataMessage metadata;
  std::variant<std::monostate, float, ImageMessage, HistogramMessage, AudioMessage, TensorMessage>
      value;
};

struct SummaryMessage {
  std::vector<ValueMessage> values;  ///< but for those that say nothing
};

struct FileVersionMessage {
  std::string_view version;
};

struct GraphDefMessage {
  std::string_view graph_def;
};

struct SessionLogMessage {
  int32_t status = 0;
  std::string_view checkpoint_path;
  std::string_view message;
};

struct TaggedRunMetadataMessage {
  std::string_view tag;
  std::string_view run_metadata;
};

struct MetaGraphDefMessage {
  std::string_view meta_graph_def;
};

struct EventMessage {
  double wall_time = 0;
  int64_t step = 0;
  std::variant<std::monostate, FileVersionMessage, GraphDefMessage, SummaryMessage,
               SessionLogMessage, TaggedRunMetadataMessage, MetaGraphDefMessage>
      what;
  std::string_view source_writer;
};

/// More values than any writer puts into an event. A value takes two bytes of a record, but
/// hundreds here.
constexpr std::size_t kMostValues = std::size_t{1} << 17;

/// Reads any serialised event: fields in any order, fields that are not known, lists packed or not,
/// fields given twice. False when the bytes are none, or say more than `kMostValues` values;
/// `event` is then of no use. The views live as long as the bytes.
bool parse_event_message(std::string_view bytes, EventMessage& event);

}  // namespace suar
