#pragma once

#include <cstdint>
#include <string>

#include <suar/event.h>

#include "record_format.h"
#include "summary_encoder.h"

namespace suar {

/// Turns events into the bytes of their records, and puts the metadata of a tag on the tag's first
/// value in a file.
class EventEncoder {
 public:
  /// An event of more bytes than that is too large.
  explicit EventEncoder(uint64_t largest_record = kLargestRecord)
      : largest_record_(largest_record) {}

  /// Appends the serialised event to `bytes`; false when it is too large for a record.
  bool encode(const Event& event, std::string& bytes);

  /// What follows stands in a file that holds no metadata.
  void begin_file() { summaries_.begin_file(); }

  /// Puts the metadata into a serialised event that it needs in the present file.
  void complete(std::string& bytes);

 private:
  uint64_t largest_record_;
  SummaryEncoder summaries_;
};

}  // namespace suar
