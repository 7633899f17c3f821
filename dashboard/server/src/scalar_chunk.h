#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include <suar/event_reader.h>

namespace suar::dashboard {

/// A stretch of a curve in columns. Its size is fixed when it is made and it never moves, so that
/// a reader keeps it without a lock while the writer goes on behind what the reader knows of.
///
/// A point takes 16 bytes: a step is kept as its distance from the first one, a value as a float,
/// which is what training programs log. A chunk may be made with wide columns for those that need
/// them; nothing is ever rounded.
class ScalarChunk {
 public:
  struct Layout {
    bool wide_steps = false;
    bool wide_values = false;
  };

  ScalarChunk(std::size_t capacity, int64_t first_step, Layout layout)
      : capacity_(capacity), first_step_(first_step), wall_times_(new double[capacity]) {
    if (layout.wide_steps) {
      wide_steps_.reset(new int64_t[capacity]);
    } else {
      steps_.reset(new uint32_t[capacity]);
    }
    if (layout.wide_values) {
      wide_values_.reset(new double[capacity]);
    } else {
      values_.reset(new float[capacity]);
    }
  }

  std::size_t capacity() const { return capacity_; }
  int64_t first_step() const { return first_step_; }
  Layout layout() const { return {wide_steps_ != nullptr, wide_values_ != nullptr}; }

  bool takes_step(int64_t step) const {
    return wide_steps_ || distance(step) <= std::numeric_limits<uint32_t>::max();
  }
  bool takes_value(double value) const { return wide_values_ || is_float(value); }

  /// `step` is not smaller than the first one, and the chunk takes both numbers.
  void set(std::size_t index, const ScalarPoint& point) {
    if (wide_steps_) {
      wide_steps_[index] = point.step;
    } else {
      steps_[index] = static_cast<uint32_t>(distance(point.step));
    }
    wall_times_[index] = point.wall_time;
    if (wide_values_) {
      wide_values_[index] = point.value;
    } else {
      values_[index] = static_cast<float>(point.value);
    }
  }

  /// Sets the points from `index` on to those from `first` on, for as long as there is room, their
  /// steps do not go back and no column needs to be wide. Returns how many it took.
  std::size_t take(std::size_t index, const ScalarPoint* first, const ScalarPoint* last) {
    if (wide_steps_ || wide_values_ || index == 0) return 0;
    double* const wall_times = wall_times_.get();
    uint32_t* const steps = steps_.get();
    float* const values = values_.get();
    uint64_t least = steps[index - 1];
    const std::size_t begin = index;
    for (; first != last && index < capacity_; ++first, ++index) {
      const uint64_t step = distance(first->step);
      if (step < least || step > std::numeric_limits<uint32_t>::max() || !is_float(first->value)) {
        break;
      }
      least = step;
      steps[index] = static_cast<uint32_t>(step);
      wall_times[index] = first->wall_time;
      values[index] = static_cast<float>(first->value);
    }
    return index - begin;
  }

  int64_t step(std::size_t index) const {
    if (wide_steps_) return wide_steps_[index];
    return static_cast<int64_t>(static_cast<uint64_t>(first_step_) + steps_[index]);
  }
  ScalarPoint operator[](std::size_t index) const {
    return {step(index), wall_times_[index],
            wide_values_ ? wide_values_[index] : double{values_[index]}};
  }

 private:
  /// Unsigned, for the distance of two steps may have 64 bits.
  uint64_t distance(int64_t step) const {
    return static_cast<uint64_t>(step) - static_cast<uint64_t>(first_step_);
  }
  static bool is_float(double value) {
    if (!(std::fabs(value) <= double{std::numeric_limits<float>::max()})) {
      return !std::isfinite(value);
    }
    return double{static_cast<float>(value)} == value;
  }

  std::size_t capacity_;
  int64_t first_step_;
  std::unique_ptr<double[]> wall_times_;
  std::unique_ptr<uint32_t[]> steps_;  ///< after `first_step_`
  std::unique_ptr<int64_t[]> wide_steps_;
  std::unique_ptr<float[]> values_;
  std::unique_ptr<double[]> wide_values_;
};

}  // namespace suar::dashboard
