#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>

#include <suar/event_reader.h>

#include "chunk_memory.h"

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
      : capacity_(capacity),
        first_step_(first_step),
        memory_(allocate_chunk(capacity * point_size(layout))),
        wall_times_(new (memory_.get()) double[capacity]) {
    // The widest columns first, so that each begins where its numbers may stand.
    std::byte* next = memory_.get() + capacity * sizeof(double);
    const auto lay_out = [&](auto*& column) {
      using Number = std::remove_reference_t<decltype(*column)>;
      column = new (next) Number[capacity];
      next += capacity * sizeof(Number);
    };
    if (layout.wide_steps) lay_out(wide_steps_);
    if (layout.wide_values) lay_out(wide_values_);
    if (!layout.wide_steps) lay_out(steps_);
    if (!layout.wide_values) lay_out(values_);
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
    uint64_t least = steps_[index - 1];
    const std::size_t begin = index;
    for (; first != last && index < capacity_; ++first, ++index) {
      const uint64_t step = distance(first->step);
      if (step < least || step > std::numeric_limits<uint32_t>::max() || !is_float(first->value)) {
        break;
      }
      least = step;
      steps_[index] = static_cast<uint32_t>(step);
      wall_times_[index] = first->wall_time;
      values_[index] = static_cast<float>(first->value);
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

  static std::size_t point_size(Layout layout) {
    return sizeof(double) + (layout.wide_steps ? sizeof(int64_t) : sizeof(uint32_t)) +
           (layout.wide_values ? sizeof(double) : sizeof(float));
  }

  std::size_t capacity_;
  int64_t first_step_;
  ChunkMemory memory_;  ///< of all columns
  double* wall_times_;
  uint32_t* steps_ = nullptr;  ///< after `first_step_`
  int64_t* wide_steps_ = nullptr;
  float* values_ = nullptr;
  double* wide_values_ = nullptr;
};

}  // namespace suar::dashboard
