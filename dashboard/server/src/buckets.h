#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace suar::dashboard {

/// Buckets are [k * width, (k + 1) * width) on the x axis, with a width of two to some power: they
/// stay where they are while points are added, each wider one is made of whole narrower ones, and
/// all curves share them. X is `int64_t` (steps) or `double` (seconds).

/// Left edge of the bucket of width 2^exponent that holds x.
int64_t left_edge(int64_t x, int exponent);
double left_edge(double x, int exponent);

/// The smallest exponent with which [first, last] needs no more than `most` buckets (at least 1).
/// Steps: 0 to 63; with 63 there are two buckets, one on each side of 0. Seconds: -20 (a
/// microsecond) and up. `first` and `last` are finite.
int width_exponent(int64_t first, int64_t last, std::size_t most);
double bucket_width(int exponent);
int width_exponent(double first, double last, std::size_t most);

/// What is shown of the points of one bucket.
template <typename X>
struct Bucket {
  X x{};                 ///< left edge
  int64_t step = 0;      ///< of the last point
  double wall_time = 0;  ///< of the last point
  /// NaN while there is no finite value.
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
  double last = std::numeric_limits<double>::quiet_NaN();
  double smoothed = std::numeric_limits<double>::quiet_NaN();  ///< at the point of `last`
  uint64_t count = 0;                                          ///< of all points
  uint64_t nonfinite = 0;
};

/// Sorts the points of one curve into buckets, in the order of the curve.
template <typename X>
class BucketBuilder {
 public:
  explicit BucketBuilder(int exponent) : exponent_(exponent) {}

  /// `smoothed` is the moving average at this point; NaN when it is not wanted.
  void add(X x, int64_t step, double wall_time, double value, double smoothed) {
    Bucket<X>& bucket = at(left_edge(x, exponent_));
    bucket.step = step;
    bucket.wall_time = wall_time;
    ++bucket.count;
    if (std::isfinite(value)) {
      bucket.min = std::fmin(bucket.min, value);
      bucket.max = std::fmax(bucket.max, value);
      bucket.last = value;
      bucket.smoothed = smoothed;
    } else {
      ++bucket.nonfinite;
    }
  }

  /// The buckets that hold points, ascending.
  const std::vector<Bucket<X>>& buckets() const { return buckets_; }

 private:
  Bucket<X>& at(X x) {
    if (!buckets_.empty() && buckets_.back().x == x) return buckets_.back();
    if (buckets_.empty() || buckets_.back().x < x) {
      buckets_.emplace_back();
      buckets_.back().x = x;
      return buckets_.back();
    }
    // Clocks go back now and then, and with them the wall time.
    auto place =
        std::lower_bound(buckets_.begin(), buckets_.end(), x,
                         [](const Bucket<X>& bucket, X wanted) { return bucket.x < wanted; });
    if (place->x != x) {
      place = buckets_.emplace(place);
      place->x = x;
    }
    return *place;
  }

  int exponent_;
  std::vector<Bucket<X>> buckets_;
};

}  // namespace suar::dashboard
