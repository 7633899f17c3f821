#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <suar/event.h>
#include <suar/event_reader.h>

#include "event_message.h"
#include "scalar_scan.h"
#include "scalar_tag_table.h"
#include "summary_decoder.h"

namespace suar {

/// Turns the bytes of records into events. One decoder reads one file: it remembers the metadata of
/// the tags that it met.
class EventDecoder {
 public:
  /// `plugins` are those of tags whose metadata it does not get to see.
  explicit EventDecoder(TagPlugins plugins = {}) : summaries_(std::move(plugins)) {}

  /// Empty when the bytes are no event.
  std::optional<Event> decode(std::string_view bytes);

  /// Adds the event that stands at `offset` to `batch`: its scalars as rows, the rest as an event.
  /// False when the bytes are no event.
  bool decode(std::string_view bytes, uint64_t offset, EventBatch& batch);

  /// The same for the records at the front of `bytes`, for as long as they are of the kind that
  /// `ScalarScan` takes. Returns the number of their bytes.
  std::size_t decode_scalars(std::string_view bytes, Checksums checksums, ScalarBatch& batch,
                             std::size_t most) {
    return scan_(bytes, checksums, tags_, batch, most);
  }

  const ScalarTagTable& scalar_tags() const { return tags_; }

 private:
  /// Adds the scalars to `batch` and returns the other summaries.
  std::vector<Summary> sort_out_scalars(const EventMessage& message, const SummaryMessage& summary,
                                        EventBatch& batch);

  SummaryDecoder summaries_;
  ScalarTagTable tags_;
  ScalarScan scan_;
};

}  // namespace suar
