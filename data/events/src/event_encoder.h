#pragma once

#include <string>

#include <suar/event.h>

#include "summary_encoder.h"

namespace suar {

/// Turns events into the bytes of their records. One encoder writes one file: it puts the metadata
/// of a tag on the tag's first value.
class EventEncoder {
 public:
  /// Appends the serialised event to `bytes`; false when it is too large for a record.
  bool encode(const Event& event, std::string& bytes);

 private:
  SummaryEncoder summaries_;
};

}  // namespace suar
