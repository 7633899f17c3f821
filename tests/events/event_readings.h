#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "batch_reader.h"
#include "event_decoder.h"
#include "record_reader.h"

namespace suar::testing {

/// All that a reader got out of an event file, to be compared: numbers by their bits.
struct Reading {
  using Row = std::tuple<int64_t, uint64_t, uint64_t>;  ///< step, wall time, value
  /// Offset, step, wall time, and the tags of what is no scalar.
  using Other = std::tuple<uint64_t, int64_t, uint64_t, std::vector<std::string>>;
  using Place = std::tuple<uint64_t, uint64_t, std::string>;  ///< offset, length, reason

  std::vector<std::string> tags;                 ///< of scalars, in the order of the file
  std::map<std::string, std::vector<Row>> rows;  ///< of each tag, in the order of the file
  std::vector<Other> others;
  std::vector<Place> damage;
  uint64_t damage_count = 0;
  uint64_t damaged_bytes = 0;
  uint64_t offset = 0;

  bool operator==(const Reading& other) const { return all() == other.all(); }

  static uint64_t bits(double number) {
    uint64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    return bits;
  }

  void add_scalar(const std::string& tag, int64_t step, double wall_time, double value) {
    rows[tag].emplace_back(step, bits(wall_time), bits(value));
  }

  /// What of the event is no scalar.
  void add_other(const Event& event, uint64_t offset) {
    std::vector<std::string> names;
    if (const auto* summaries = std::get_if<std::vector<Summary>>(&event.what)) {
      for (const Summary& summary : *summaries) {
        if (!std::holds_alternative<double>(summary.value)) names.push_back(summary.tag);
      }
      if (names.empty() && !summaries->empty()) return;
    }
    others.emplace_back(offset, event.step, bits(event.wall_time), std::move(names));
  }

  void set_end(const RecordReader& records) {
    damage.clear();
    for (const Damage& place : records.damage().places()) {
      damage.emplace_back(place.offset, place.length, place.reason);
    }
    damage_count = records.damage().totals().places;
    damaged_bytes = records.damage().totals().bytes;
    offset = records.offset();
  }

 private:
  std::tuple<const decltype(tags)&, const decltype(rows)&, const decltype(others)&,
             const decltype(damage)&, uint64_t, uint64_t, uint64_t>
  all() const {
    return {tags, rows, others, damage, damage_count, damaged_bytes, offset};
  }
};

/// Reads a file by `RecordReader::next`: the general way.
class ReadingOneByOne {
 public:
  explicit ReadingOneByOne(std::filesystem::path path) : records_(std::move(path)) {}

  /// Everything that is there now and was not read before. Returns all there is since the start.
  const Reading& read_on() {
    while (const auto record = records_.next()) {
      const auto event = decoder_.decode(record->data);
      if (event) {
        add(*event, record->offset);
      } else {
        records_.reject_last(kNotAnEvent);
      }
    }
    reading_.set_end(records_);
    return reading_;
  }

 private:
  void add(const Event& event, uint64_t offset) {
    reading_.add_other(event, offset);
    const auto* summaries = std::get_if<std::vector<Summary>>(&event.what);
    if (summaries == nullptr) return;
    for (const Summary& summary : *summaries) {
      const double* value = std::get_if<double>(&summary.value);
      if (value == nullptr) continue;
      if (reading_.rows.count(summary.tag) == 0) reading_.tags.push_back(summary.tag);
      reading_.add_scalar(summary.tag, event.step, event.wall_time, *value);
    }
  }

  RecordReader records_;
  EventDecoder decoder_;
  Reading reading_;
};

/// Reads a file by `read_batch`, as `EventReader::read` does: the quick way.
class ReadingInBatches {
 public:
  ReadingInBatches(std::filesystem::path path, const BatchLimits& limits)
      : records_(std::move(path)), limits_(limits) {}

  const Reading& read_on() {
    EventBatch batch;
    while (read_batch(records_, decoder_, batch, limits_)) add(batch);
    reading_.set_end(records_);
    return reading_;
  }

  /// In scalars.
  std::size_t largest_batch() const { return largest_batch_; }

 private:
  void add(const EventBatch& batch) {
    largest_batch_ = std::max(largest_batch_, batch.scalars.size());
    const auto& tags = decoder_.scalar_tags().tags();
    for (std::size_t i = reading_.tags.size(); i < tags.size(); ++i) {
      reading_.tags.push_back(tags[i].name);
    }
    for (const uint32_t tag : batch.scalars.tags()) {
      for (const ScalarPoint& point : batch.scalars.points(tag)) {
        reading_.add_scalar(tags[tag].name, point.step, point.wall_time, point.value);
      }
    }
    for (const auto& [event, offset] : batch.events) reading_.add_other(event, offset);
  }

  RecordReader records_;
  EventDecoder decoder_;
  const BatchLimits limits_;
  Reading reading_;
  std::size_t largest_batch_ = 0;
};

}  // namespace suar::testing
