#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <suar/event_reader.h>

#include "crc32c.h"
#include "scalar_record.h"

namespace suar {

/// Numbers the tags of an event file in the order in which they appear, and foretells the next one:
/// a training logs its tags in the same order again and again.
class ScalarTagTable {
 public:
  /// The number of a tag, which is the next one in the file.
  uint32_t number(std::string_view tag) {
    const auto added = static_cast<uint32_t>(tags_.size());
    auto found = numbers_.find(tag);
    if (found == numbers_.end()) {
      tags_.push_back({std::string(tag), {}});
      forecasts_.push_back({nullptr, 0, added, {}});
      found = numbers_.emplace(tags_.back().name, added).first;
    } else if (forecasts_[found->second].middle == nullptr) {
      learn(found->second);
    }
    if (last_ < forecasts_.size()) forecasts_[last_].successor = found->second;
    return last_ = found->second;
  }

  /// Keeps the first description that is not empty.
  void describe(uint32_t number, std::string_view description) {
    if (tags_[number].description.empty()) tags_[number].description = description;
  }

  const std::deque<ScalarTag>& tags() const { return tags_; }

  static constexpr std::size_t kLongestStep = 6;  ///< in bytes: steps below 2^42

  /// What is known of a tag before its next record is read: a line of the cache. All but the
  /// successor is for tags that have come twice: a file may be full of tags that never come again,
  /// and the known ends cost more than the rest of a new tag.
  struct alignas(64) Forecast {
    const char* middle;                 ///< `scalar_record_middle`; null before the second time
    uint32_t middle_size;               ///< 0 when it is not known, or there is none
    uint32_t successor;                 ///< number of the tag that followed last time
    KnownEnd known_ends[kLongestStep];  ///< of a record whose step has 1, 2, … bytes
  };
  const std::vector<Forecast>& forecasts() const { return forecasts_; }

  /// Number of the last tag in the file so far; 0 before the first one.
  uint32_t last() const { return last_; }

  /// The forecasts came true up to the tag of this number.
  void set_last(uint32_t number) { last_ = number; }

 private:
  void learn(uint32_t number) {
    const std::string& middle = middles_.emplace_back(scalar_record_middle(tags_[number].name));
    Forecast& forecast = forecasts_[number];
    forecast.middle = middle.data();
    forecast.middle_size = static_cast<uint32_t>(middle.size());
    if (middle.empty()) return;
    for (std::size_t step_size = 1; step_size <= kLongestStep; ++step_size) {
      forecast.known_ends[step_size - 1] =
          make_known_end(middle.data(), middle.size(), kKnownEndBegin - kStepOffset - step_size);
    }
  }

  std::deque<ScalarTag> tags_;  ///< never moves a name
  std::unordered_map<std::string_view, uint32_t> numbers_;
  std::deque<std::string> middles_;  ///< nor one of these, which are of the tags that came again
  std::vector<Forecast> forecasts_;
  uint32_t last_ = 0;
};

}  // namespace suar
