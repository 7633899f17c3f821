#include <utility>

#include <suar/event_reader.h>

#include "batch_reader.h"
#include "event_decoder.h"
#include "record_reader.h"

namespace suar {

class EventReader::Impl {
 public:
  Impl(const std::filesystem::path& path, uint64_t offset) : records(path, offset) {}

  RecordReader records;
  EventDecoder decoder;
};

EventReader::EventReader(const std::filesystem::path& path, uint64_t offset)
    : impl_(std::make_unique<Impl>(path, offset)) {}

EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

std::optional<LocatedEvent> EventReader::next() {
  while (const auto record = impl_->records.next()) {
    if (auto event = impl_->decoder.decode(record->data)) {
      return LocatedEvent{std::move(*event), record->offset};
    }
    impl_->records.reject_last(kNotAnEvent);
  }
  return std::nullopt;
}

bool EventReader::read(EventBatch& batch, const BatchLimits& limits) {
  return read_batch(impl_->records, impl_->decoder, batch, limits);
}

const std::deque<ScalarTag>& EventReader::scalar_tags() const {
  return impl_->decoder.scalar_tags().tags();
}

FileNews EventReader::look() {
  return impl_->records.look();
}

void EventReader::rest() {
  impl_->records.rest();
}

const std::vector<Damage>& EventReader::damage() const {
  return impl_->records.damage().places();
}

uint64_t EventReader::damage_count() const {
  return impl_->records.damage().totals().places;
}

uint64_t EventReader::offset() const {
  return impl_->records.offset();
}

const std::filesystem::path& EventReader::path() const {
  return impl_->records.path();
}

std::optional<Event> read_event_at(const std::filesystem::path& path, uint64_t offset,
                                   const TagPlugins& plugins) {
  RecordReader records(path, offset);
  const auto record = records.next_here();
  return record ? EventDecoder(plugins).decode(record->data) : std::nullopt;
}

bool is_event_file_name(const std::string& name) {
  return name.find("tfevents") != std::string::npos;
}

}  // namespace suar
