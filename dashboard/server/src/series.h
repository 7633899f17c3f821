#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "passes.h"
#include "session_starts.h"

namespace suar::dashboard {

/// One tag of a run: the points of its event files, in the order of the files' names. What a later
/// pass supersedes is not shown, but kept. What is shown depends on the files alone, not on when
/// they were read. Not thread-safe; the views it gives are. `Points` is `ScalarPoints` or a
/// `SharedPoints<T>`.
template <typename Points>
class Series {
 public:
  /// `starts` belongs to the run and outlives the series.
  explicit Series(const SessionStarts& starts) : starts_(&starts) {}

  void append(const std::string& file, typename Points::Point point) {
    Part& part = part_of(file);
    rewritten_ |= part.passes.append(std::move(point));
  }

  /// Adds [first, last), all of one file.
  void append(const std::string& file, const typename Points::Point* first,
              const typename Points::Point* last) {
    Part& part = part_of(file);
    rewritten_ |= part.passes.append(first, last);
  }

  void forget_file(const std::string& file) {
    if (parts_.erase(file) > 0) rewritten_ = true;
  }

  /// Closes a round of changes under the number `version`; without a change the series keeps its
  /// version. True when it changed. To be called after the start of a session, too.
  bool settle(uint64_t version) {
    follow_starts();
    const Shown now = shown();
    const bool new_last_file = note_last_file();
    const bool only_appended =
        !rewritten_ && now.hidden == settled_.hidden &&
        now.before_last == (new_last_file ? settled_.total : settled_.before_last);
    const bool changed = !only_appended || now.total != settled_.total;
    if (changed) {
      version_ = version;
      if (!only_appended) {
        rewritten_version_ = version;
        growth_.clear();
      }
      growth_.push_back({version, settled_.total});
      if (growth_.size() > kRememberedChanges) growth_.pop_front();
    }
    rewritten_ = false;
    settled_ = now;
    return changed;
  }

  /// Version of the last change.
  uint64_t version() const { return version_; }

  /// Number of the shown points that were there at version `since`, when all that happened to the
  /// series after it was growth, and that is remembered.
  std::optional<std::size_t> size_at(uint64_t since) const {
    if (since >= version_) return settled_.total;
    if (since < rewritten_version_) return std::nullopt;
    // growth_[i].before is the size from the version before growth_[i] up to growth_[i].
    const auto after =
        std::upper_bound(growth_.begin(), growth_.end(), since,
                         [](uint64_t v, const Growth& growth) { return v < growth.version; });
    if (after == growth_.begin()) return std::nullopt;
    return after->before;
  }

  /// Number of points shown.
  std::size_t size() const { return settled_.total; }

  /// Number of points kept, the hidden ones among them.
  std::size_t stored() const { return settled_.total + settled_.hidden; }

  typename Points::View view() const {
    typename Points::View view;
    for_each_shown([&view](const std::string&, const Passes<Points>& passes, std::size_t count) {
      passes.show(count, view);
    });
    return view;
  }

  /// A pass of an event file with all its points, be they shown or hidden.
  struct Pass {
    std::string file;
    std::size_t number = 0;  ///< of those of the file
    typename Points::View points;
    /// As `size_at`, for this pass.
    std::optional<std::size_t> size_at_since;
  };

  /// All passes, in the order in which the run logged them.
  std::vector<Pass> passes(uint64_t since) const {
    std::vector<Pass> found;
    const auto held = size_at(since);
    std::size_t file_begin = 0;
    for_each_shown([&](const std::string& file, const Passes<Points>& passes, std::size_t visible) {
      passes.for_each(
          [&](std::size_t number, const Points& points, std::size_t begin, std::size_t shown) {
            Pass& pass = found.emplace_back();
            pass.file = file;
            pass.number = number;
            points.show(points.size(), pass.points);
            if (!held) return;
            // When the series only grew, it grew at the end of what is shown: what is hidden is
            // old.
            const bool all_shown = shown == points.size() && begin + shown <= visible;
            const std::size_t first = file_begin + begin;
            pass.size_at_since =
                all_shown ? std::min(*held - std::min(*held, first), points.size()) : points.size();
          });
      file_begin += visible;
    });
    return found;
  }

  /// Step of the first shown point.
  std::optional<int64_t> first_step() const {
    std::optional<int64_t> step;
    for_each_shown([&step](const std::string&, const Passes<Points>& passes, std::size_t count) {
      if (count > 0 && !step) step = passes.step_at(0);
    });
    return step;
  }

  /// Step of the last shown point.
  std::optional<int64_t> last_step() const {
    std::optional<int64_t> step;
    for_each_shown([&step](const std::string&, const Passes<Points>& passes, std::size_t count) {
      if (count > 0) step = passes.step_at(count - 1);
    });
    return step;
  }

 private:
  struct Shown {
    std::size_t total = 0;
    std::size_t hidden = 0;
    std::size_t before_last = 0;  ///< how many of `total` do not stand in the last file
  };
  struct Growth {
    uint64_t version;
    std::size_t before;  ///< number of points shown before this version
  };
  // A page asks again within seconds, a busy run changes four times a second.
  static constexpr std::size_t kRememberedChanges = 64;

  /// What one event file holds.
  struct Part {
    Passes<Points> passes;
    uint64_t starts = 0;  ///< how many of the run have been looked at for it
  };

  /// That of a file to which points are about to be added.
  Part& part_of(const std::string& file) {
    const auto part = parts_.try_emplace(file).first;
    if (std::next(part) != parts_.end()) rewritten_ = true;
    follow_starts(file, part->second);
    return part->second;
  }

  void follow_starts(const std::string& file, Part& part) {
    if (part.starts == starts_->count()) return;
    const auto step = starts_->lowest_step(file, part.starts);
    if (step && part.passes.supersede(*step)) rewritten_ = true;
    part.starts = starts_->count();
  }

  void follow_starts() {
    if (settled_starts_ == starts_->count()) return;
    SessionStarts::Backwards starts(*starts_, settled_starts_);
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      follow_starts(part->first, part->second);
      const auto step = starts.lowest_step_behind(part->first);
      const Passes<Points>& passes = part->second.passes;
      if (step && passes.lower_bound(*step) < passes.size()) rewritten_ = true;
    }
    settled_starts_ = starts_->count();
  }

  // Calls visit(file, passes, number of their points that are shown) in the order of the files.
  template <typename Visit>
  void for_each_shown(Visit visit) const {
    SessionStarts::Backwards starts(*starts_);
    if (parts_.size() == 1 && !starts.lowest_step_behind(last_file())) {
      // Nearly every series: nothing comes later that could hide any of it.
      const auto& [file, part] = *parts_.begin();
      visit(file, part.passes, part.passes.size());
      return;
    }
    // From the last file to the first: what comes later hides from its own first step on.
    std::vector<std::size_t> counts;
    std::optional<int64_t> cut;
    const auto lower_cut = [&cut](int64_t step) { cut = cut ? std::min(*cut, step) : step; };
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      const Passes<Points>& passes = part->second.passes;
      if (const auto step = starts.lowest_step_behind(part->first)) lower_cut(*step);
      counts.push_back(cut ? passes.lower_bound(*cut) : passes.size());
      if (passes.size() > 0) lower_cut(passes.step_at(0));
    }
    auto count = counts.rbegin();
    for (const auto& [file, part] : parts_) visit(file, part.passes, *count++);
  }

  Shown shown() const {
    Shown shown;
    for_each_shown([&](const std::string&, const Passes<Points>& passes, std::size_t count) {
      shown.before_last = shown.total;
      shown.total += count;
      shown.hidden += passes.stored() - count;
    });
    return shown;
  }

  const std::string& last_file() const { return parts_.rbegin()->first; }

  /// True when another file is the last one than at the last call.
  bool note_last_file() {
    const bool same =
        parts_.empty() ? settled_last_file_.empty() : last_file() == settled_last_file_;
    if (!same) settled_last_file_ = parts_.empty() ? std::string() : last_file();
    return !same;
  }

  const SessionStarts* starts_;
  std::map<std::string, Part> parts_;
  uint64_t settled_starts_ = 0;  ///< how many of the run have been looked at in `settle`
  bool rewritten_ = false;       ///< since the last `settle`, more than growth happened
  Shown settled_;
  std::string settled_last_file_;
  uint64_t version_ = 0;
  uint64_t rewritten_version_ = 0;
  std::deque<Growth> growth_;
};

}  // namespace suar::dashboard
