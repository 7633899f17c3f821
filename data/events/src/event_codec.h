#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <suar/event.h>

#include "summary_codec.h"

namespace suar {

/// Turns events into the bytes of their records. One encoder writes one file: it puts the metadata
/// of a tag on the tag's first value.
class EventEncoder {
 public:
  /// Appends the serialised event to `bytes`.
  void encode(const Event& event, std::string& bytes);

 private:
  SummaryEncoder summaries_;
};

/// Turns the bytes of records into events. One decoder reads one file: it remembers the metadata of
/// the tags that it met.
class EventDecoder {
 public:
  /// `plugin` is taken for the plugin of tags that were not met before.
  explicit EventDecoder(std::string plugin = {}) : summaries_(std::move(plugin)) {}

  /// Empty when the bytes are no event.
  std::optional<Event> decode(std::string_view bytes);

 private:
  SummaryDecoder summaries_;
};

}  // namespace suar
