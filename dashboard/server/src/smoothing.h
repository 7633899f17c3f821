#pragma once

#include <cmath>
#include <limits>

namespace suar::dashboard {

/// TensorBoard's smoothing: an exponential moving average over the points in their order, divided
/// by the weight that it has gathered so that its beginning is not drawn towards 0. Points that are
/// not finite are passed over. As in TensorBoard a constant curve stays exactly what it is.
class DebiasedAverage {
 public:
  /// `weight` of the past, in [0, 1).
  explicit DebiasedAverage(double weight) : weight_(weight) {}

  /// Takes in the next value.
  void add(double value) {
    if (!std::isfinite(value)) return;
    constant_ = constant_ && (std::isnan(value_) || value == value_);
    sum_ = sum_ * weight_ + (1 - weight_) * value;
    gathered_ = gathered_ * weight_ + (1 - weight_);
    value_ = constant_ ? value : sum_ / gathered_;
  }

  /// The average at the last finite value; NaN before the first.
  double value() const { return value_; }

 private:
  double weight_;
  double sum_ = 0;
  double gathered_ = 0;  ///< 1 - weight^n
  bool constant_ = true;
  double value_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace suar::dashboard
