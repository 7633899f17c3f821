#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include <suar/event.h>

namespace suar::schema {
class Summary_Value;
}  // namespace suar::schema

namespace suar {

/// Writes summaries in the form that every reader understands: plain scalars, histograms and
/// pictures, and a string tensor of the plugin "text".
class SummaryEncoder {
 public:
  /// Encodes a summary, with its metadata or, where it has none, with what its tag has had, if that
  /// does not stand in the file.
  void encode(const Summary& summary, schema::Summary_Value& message);

  /// What follows stands in a file that holds no metadata.
  void begin_file() { ++file_; }

  /// Puts the metadata of its tag on a value that was encoded for another file.
  void complete(schema::Summary_Value& message);

 private:
  struct Metadata {
    std::string bytes;  ///< of the message
    uint64_t file = 0;  ///< the last one in which it stands
  };
  std::unordered_map<std::string, Metadata> metadata_;  ///< of each tag that has any
  uint64_t file_ = 1;
};

}  // namespace suar
