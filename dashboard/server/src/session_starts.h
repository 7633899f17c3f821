#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace suar::dashboard {

/// Where the sessions of a run began: each of its event files may tell of any number. A start
/// supersedes what its file held from its step on, and hides what earlier files (in the order of
/// their names) hold from there on.
///
/// A series looks here when it changes, for what has come since it looked last, so that a start
/// costs nothing for each tag: a hostile file may be full of both. Not thread-safe.
class SessionStarts {
  struct Start {
    uint64_t number;
    int64_t step;
  };

 public:
  void add(const std::string& file, int64_t step) {
    std::vector<Start>& starts = files_[file];
    while (!starts.empty() && starts.back().step >= step) starts.pop_back();
    starts.push_back({count_++, step});
  }

  void forget(const std::string& file) { files_.erase(file); }

  /// Number of all starts so far, forgotten ones among them.
  uint64_t count() const { return count_; }

  /// The lowest step of the starts in `file` but the first `count` of the run.
  std::optional<int64_t> lowest_step(const std::string& file, uint64_t count) const {
    const auto found = files_.find(file);
    return found == files_.end() ? std::nullopt : lowest_step(found->second, count);
  }

  /// Looks at the files from the last one to the first.
  class Backwards {
   public:
    /// At all starts but the first `count` of the run.
    explicit Backwards(const SessionStarts& starts, uint64_t count = 0)
        : next_(starts.files_.rbegin()), end_(starts.files_.rend()), count_(count) {}

    /// The lowest step of the starts in files behind `file`, which comes before the one that was
    /// asked for last.
    std::optional<int64_t> lowest_step_behind(const std::string& file) {
      for (; next_ != end_ && next_->first > file; ++next_) {
        const auto step = lowest_step(next_->second, count_);
        if (step && (!lowest_ || *step < *lowest_)) lowest_ = step;
      }
      return lowest_;
    }

   private:
    std::map<std::string, std::vector<Start>>::const_reverse_iterator next_, end_;
    uint64_t count_;
    std::optional<int64_t> lowest_;
  };

 private:
  static std::optional<int64_t> lowest_step(const std::vector<Start>& starts, uint64_t count) {
    const auto first = std::partition_point(
        starts.begin(), starts.end(), [count](const Start& start) { return start.number < count; });
    if (first == starts.end()) return std::nullopt;
    return first->step;
  }

  /// Those that no later start of the same file undercuts: numbers and steps ascend.
  std::map<std::string, std::vector<Start>> files_;
  uint64_t count_ = 0;
};

}  // namespace suar::dashboard
