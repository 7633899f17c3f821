#include "batch_reader.h"

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

#include <suar/error.h>

namespace suar {
namespace {

/// What an event counts against `BatchLimits::events`.
std::size_t size_of(const Event& event) {
  const auto* summaries = std::get_if<std::vector<Summary>>(&event.what);
  return summaries == nullptr ? 1 : std::max<std::size_t>(1, summaries->size());
}

}  // namespace

bool read_batch(RecordReader& records, EventDecoder& decoder, EventBatch& batch,
                const BatchLimits& limits) {
  batch.scalars.clear();
  batch.events.clear();
  batch.events_size = 0;
  batch.bytes = 0;
  const uint64_t begin = records.bytes_passed();
  const auto bytes = [&] { return records.bytes_passed() - begin; };
  const auto is_full = [&] {
    return batch.scalars.size() >= limits.scalars || batch.events_size >= limits.events ||
           bytes() >= limits.bytes;
  };
  bool some = false;
  const auto next = [&]() -> std::optional<RecordReader::Record> {
    try {
      return records.next(limits.bytes - bytes());
    } catch (const Error&) {
      // What was read before is handed out first; the next call fails again.
      if (!some) throw;
      return std::nullopt;
    }
  };
  std::size_t events = 0;
  while (!is_full()) {
    const std::size_t scanned = decoder.decode_scalars(
        records.ahead(), records.checksums(), batch.scalars, limits.scalars - batch.scalars.size());
    records.skip(scanned);
    some |= scanned > 0;
    if (is_full()) break;
    const auto record = next();
    some |= record || records.in_search();
    if (!record) break;
    if (!decoder.decode(record->data, record->offset, batch)) {
      records.reject_last(kNotAnEvent);
    } else if (batch.events.size() > events) {
      events = batch.events.size();
      batch.events_size += size_of(batch.events.back().event);
      if (std::holds_alternative<SessionLog>(batch.events.back().event.what)) break;
    }
  }
  batch.bytes = bytes();
  return some;
}

}  // namespace suar
