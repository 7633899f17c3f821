#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <suar/event.h>

#include "summary_decoder.h"

namespace suar {

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
