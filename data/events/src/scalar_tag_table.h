#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <suar/event_reader.h>

#include "scalar_record.h"

namespace suar {

/// Numbers the tags of an event file in the order in which they appear.
class ScalarTagTable {
 public:
  /// The number of a tag.
  uint32_t number(std::string_view tag) {
    const auto added = static_cast<uint32_t>(tags_.size());
    auto found = numbers_.find(tag);
    if (found == numbers_.end()) {
      tags_.push_back({std::string(tag), {}});
      records_.push_back({ScalarRecordOfTag(tag), added});
      found = numbers_.emplace(tags_.back().name, added).first;
    }
    if (last_ < records_.size()) records_[last_].successor = found->second;
    return last_ = found->second;
  }

  /// Reads a record that holds one scalar of the tag that is due, and gives its number. False for
  /// any other: see `parse_scalar_record`.
  ///
  /// A training logs its tags in the same order again and again: due is the one that followed the
  /// last one last time.
  bool parse_due(std::string_view bytes, ScalarRecord& record, uint32_t& number) {
    if (last_ >= records_.size()) return false;
    const uint32_t due = records_[last_].successor;
    if (!records_[due].record.parse(bytes, record)) return false;
    number = last_ = due;
    return true;
  }

  /// Keeps the first description that is not empty.
  void describe(uint32_t number, std::string_view description) {
    if (tags_[number].description.empty()) tags_[number].description = description;
  }

  const std::deque<ScalarTag>& tags() const { return tags_; }

 private:
  struct Record {
    ScalarRecordOfTag record;
    uint32_t successor;
  };

  std::deque<ScalarTag> tags_;  ///< never moves a name
  std::unordered_map<std::string_view, uint32_t> numbers_;
  std::vector<Record> records_;  ///< of each tag
  uint32_t last_ = 0;
};

}  // namespace suar
