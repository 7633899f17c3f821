#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace suar::dashboard {

/// The larger things of one pass of a series (histograms, texts, references to pictures), each an
/// unchanging object with a `step`. Same promises as `ScalarPoints`.
template <typename T>
class SharedPoints {
 public:
  using Point = T;
  using View = std::vector<std::shared_ptr<const T>>;

  /// The step of `point` is not smaller than the last one.
  void append(T point) { points_.push_back(std::make_shared<const T>(std::move(point))); }

  /// Drops the points whose step is at least `step`.
  void drop_from(int64_t step) { points_.resize(lower_bound(step)); }

  std::size_t size() const { return points_.size(); }
  int64_t step_at(std::size_t index) const { return points_[index]->step; }

  std::size_t lower_bound(int64_t step) const {
    const auto found =
        std::lower_bound(points_.begin(), points_.end(), step,
                         [](const auto& point, int64_t wanted) { return point->step < wanted; });
    return static_cast<std::size_t>(found - points_.begin());
  }

  /// Adds the first `count` points to `view`.
  void show(std::size_t count, View& view) const {
    view.insert(view.end(), points_.begin(), points_.begin() + static_cast<std::ptrdiff_t>(count));
  }

 private:
  View points_;
};

}  // namespace suar::dashboard
