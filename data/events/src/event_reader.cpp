#include <algorithm>
#include <utility>

#include <suar/error.h>
#include <suar/event_reader.h>

#include "event_decoder.h"
#include "record_reader.h"

namespace suar {
namespace {

constexpr char kNoEvent[] = "the record is not an event, or one of far too many values";

/// What an event counts against `BatchLimits::events`.
std::size_t size_of(const Event& event) {
  const auto* summaries = std::get_if<std::vector<Summary>>(&event.what);
  return summaries == nullptr ? 1 : std::max<std::size_t>(1, summaries->size());
}

}  // namespace

class EventReader::Impl {
 public:
  explicit Impl(const std::filesystem::path& path) : records(path) {}

  RecordReader records;
  EventDecoder decoder;
};

EventReader::EventReader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}

EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

std::optional<LocatedEvent> EventReader::next() {
  while (const auto record = impl_->records.next()) {
    if (auto event = impl_->decoder.decode(record->data)) {
      return LocatedEvent{std::move(*event), record->offset};
    }
    impl_->records.reject_last(kNoEvent);
  }
  return std::nullopt;
}

bool EventReader::read(EventBatch& batch, const BatchLimits& limits) {
  batch.scalars.clear();
  batch.events.clear();
  batch.events_size = 0;
  auto& records = impl_->records;
  const uint64_t begin = records.offset();
  const auto is_full = [&] {
    return batch.scalars.size() >= limits.scalars || batch.events_size >= limits.events ||
           records.offset() - begin >= limits.bytes;
  };
  const auto next = [&]() -> std::optional<RecordReader::Record> {
    try {
      return records.next();
    } catch (const Error&) {
      // What was read before is handed out first; the next call fails again.
      if (records.offset() == begin) throw;
      return std::nullopt;
    }
  };
  std::size_t events = 0;
  while (!is_full()) {
    const auto record = next();
    if (!record) break;
    if (!impl_->decoder.decode(record->data, record->offset, batch)) {
      records.reject_last(kNoEvent);
    } else if (batch.events.size() > events) {
      events = batch.events.size();
      batch.events_size += size_of(batch.events.back().event);
      if (std::holds_alternative<SessionLog>(batch.events.back().event.what)) break;
    }
  }
  return records.offset() > begin;
}

const std::deque<ScalarTag>& EventReader::scalar_tags() const {
  return impl_->decoder.scalar_tags().tags();
}

bool EventReader::replaced() const {
  return impl_->records.replaced();
}

const std::vector<Damage>& EventReader::damage() const {
  return impl_->records.damage();
}

uint64_t EventReader::offset() const {
  return impl_->records.offset();
}

const std::filesystem::path& EventReader::path() const {
  return impl_->records.path();
}

std::optional<Event> read_event_at(const std::filesystem::path& path, uint64_t offset,
                                   const std::string& plugin) {
  RecordReader records(path, offset);
  const auto record = records.next();
  if (!record || record->offset != offset) return std::nullopt;
  return EventDecoder(plugin).decode(record->data);
}

}  // namespace suar
