#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <suar/event_reader.h>

namespace suar {

/// Numbers the tags of an event file in the order in which they appear.
class ScalarTagTable {
 public:
  /// The number of a tag. A training logs its tags in the same order again and again: the one that
  /// followed the last one last time is tried first, which saves the hashing.
  uint32_t number(std::string_view tag) {
    if (last_ < successors_.size()) {
      const uint32_t guess = successors_[last_];
      if (names_[guess] == tag) return last_ = guess;
    }
    return look_up(tag);
  }

  /// Keeps the first description that is not empty.
  void describe(uint32_t number, std::string_view description) {
    if (tags_[number].description.empty()) tags_[number].description = description;
  }

  const std::deque<ScalarTag>& tags() const { return tags_; }

 private:
  uint32_t look_up(std::string_view tag) {
    const auto added = static_cast<uint32_t>(tags_.size());
    auto found = numbers_.find(tag);
    if (found == numbers_.end()) {
      tags_.push_back({std::string(tag), {}});
      successors_.push_back(added);
      names_.push_back(tags_.back().name);
      found = numbers_.emplace(names_.back(), added).first;
    }
    if (last_ < successors_.size()) successors_[last_] = found->second;
    return last_ = found->second;
  }

  std::deque<ScalarTag> tags_;  ///< never moves a name
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, uint32_t> numbers_;
  std::vector<uint32_t> successors_;  ///< of each tag, the one that came after it last
  uint32_t last_ = 0;
};

}  // namespace suar
