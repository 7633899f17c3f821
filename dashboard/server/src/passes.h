#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace suar::dashboard {

/// The points that one event file holds of one series, as passes over the steps: within a pass the
/// steps never go back. A new pass begins where they do, or where the start of a session supersedes
/// points. It wins from there on: what it supersedes is hidden, but kept.
///
/// `size`, `step_at`, `lower_bound` and `show` are about the shown points, whose steps never go
/// back either. Not thread-safe; the views it gives are. `Points` is `ScalarPoints` or a
/// `SharedPoints<T>`.
template <typename Points>
class Passes {
 public:
  using Point = typename Points::Point;
  using View = typename Points::View;

  /// So many passes are kept apart. The last one of them loses what is superseded in it: else a
  /// file whose steps go back at every record would make each of them a pass.
  static constexpr std::size_t kMost = 1000;

  /// True when the point superseded others.
  bool append(Point point) {
    const bool superseded = supersede_if_back(point.step);
    Stretch& stretch = last_stretch();
    last_step_ = point.step;
    passes_.back().append(std::move(point));
    ++stretch.count;
    ++stored_;
    return superseded;
  }

  /// Adds [first, last). True when one of them superseded others.
  bool append(const Point* first, const Point* last) {
    bool superseded = false;
    while (first != last) {
      superseded |= supersede_if_back(first->step);
      Stretch& stretch = last_stretch();
      const Point* const rest = passes_.back().append(first, last);
      const auto taken = static_cast<std::size_t>(rest - first);
      last_step_ = rest[-1].step;
      stretch.count += taken;
      stored_ += taken;
      first = rest;
    }
    return superseded;
  }

  /// Hides what is shown from `step` on. True when there was any.
  bool supersede(int64_t step) {
    if (shown_.empty() || last_step_ < step) return false;
    const std::size_t kept = lower_bound(step);
    while (!shown_.empty() && shown_.back().begin >= kept) shown_.pop_back();
    if (!shown_.empty()) {
      shown_.back().count = kept - shown_.back().begin;
      last_step_ = step_at(kept - 1);
    }
    if (passes_.size() == kMost) {
      stored_ -= passes_.back().size();
      passes_.back().drop_from(step);
      stored_ += passes_.back().size();
    } else if (passes_.back().size() > 0) {
      passes_.emplace_back();
    }
    return true;
  }

  /// Number of points shown.
  std::size_t size() const {
    return shown_.empty() ? 0 : shown_.back().begin + shown_.back().count;
  }

  /// Number of points kept, the hidden ones among them.
  std::size_t stored() const { return stored_; }

  int64_t step_at(std::size_t index) const {
    const auto after = std::upper_bound(
        shown_.begin(), shown_.end(), index,
        [](std::size_t wanted, const Stretch& stretch) { return wanted < stretch.begin; });
    const Stretch& stretch = *std::prev(after);
    return passes_[stretch.pass].step_at(index - stretch.begin);
  }

  std::size_t lower_bound(int64_t step) const {
    const auto after = std::partition_point(
        shown_.begin(), shown_.end(),
        [&](const Stretch& stretch) { return passes_[stretch.pass].step_at(0) < step; });
    if (after == shown_.begin()) return 0;
    const Stretch& stretch = *std::prev(after);
    return stretch.begin + std::min(stretch.count, passes_[stretch.pass].lower_bound(step));
  }

  /// Adds the first `count` shown points to `view`.
  void show(std::size_t count, View& view) const {
    for (const Stretch& stretch : shown_) {
      if (stretch.begin >= count) return;
      passes_[stretch.pass].show(std::min(stretch.count, count - stretch.begin), view);
    }
  }

  /// Calls visit(number, points, begin, count) for each pass that holds points, in the order of the
  /// file: the first `count` of its points are shown, from index `begin` on.
  template <typename Visit>
  void for_each(Visit visit) const {
    auto stretch = shown_.begin();
    for (std::size_t number = 0; number < passes_.size(); ++number) {
      const bool shown = stretch != shown_.end() && stretch->pass == number;
      const Points& points = passes_[number];
      if (points.size() > 0) {
        visit(number, points, shown ? stretch->begin : size(), shown ? stretch->count : 0);
      }
      if (shown) ++stretch;
    }
  }

 private:
  /// The first `count` points of a pass: what is shown of it. None is empty.
  struct Stretch {
    std::size_t pass;
    std::size_t begin;  ///< index of its first point among all that are shown
    std::size_t count;
  };

  bool supersede_if_back(int64_t step) {
    return !shown_.empty() && step < last_step_ && supersede(step);
  }

  /// That of the last pass, all of whose points are shown; the caller puts a point into it.
  Stretch& last_stretch() {
    const std::size_t last = passes_.size() - 1;
    if (shown_.empty() || shown_.back().pass != last) shown_.push_back({last, size(), 0});
    return shown_.back();
  }

  std::vector<Points> passes_ = std::vector<Points>(1);
  std::vector<Stretch> shown_;  ///< their steps ascend
  std::size_t stored_ = 0;
  int64_t last_step_ = 0;  ///< of the last shown point
};

}  // namespace suar::dashboard
