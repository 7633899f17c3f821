#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "scalar_chunk.h"

namespace suar::dashboard {

/// What a reader sees of a curve: an unchanging sequence of points. Cheap to copy; thread-safe.
class ScalarView {
 public:
  /// Adds the first `count` points of `chunk`.
  void append(std::shared_ptr<const ScalarChunk> chunk, std::size_t count);

  std::size_t size() const {
    return spans_.empty() ? 0 : spans_.back().begin + spans_.back().count;
  }
  bool empty() const { return size() == 0; }
  ScalarPoint operator[](std::size_t index) const;

  /// Calls visit(index, point) for the points from `first` on.
  template <typename Visit>
  void for_each_from(std::size_t first, Visit visit) const {
    for (std::size_t s = first < size() ? span_of(first) : spans_.size(); s < spans_.size(); ++s) {
      const Span& span = spans_[s];
      for (std::size_t i = first > span.begin ? first - span.begin : 0; i < span.count; ++i) {
        visit(span.begin + i, (*span.chunk)[i]);
      }
    }
  }

  /// Index of the first point whose step is at least `step`; `size()` when there is none.
  std::size_t lower_bound(int64_t step) const;

 private:
  struct Span {
    std::shared_ptr<const ScalarChunk> chunk;
    std::size_t begin;  ///< index of its first point in the view
    std::size_t count;
  };
  std::size_t span_of(std::size_t index) const;

  std::vector<Span> spans_;
};

/// The points of one pass of a curve: their steps never go back. Not thread-safe; the views it
/// gives are.
class ScalarPoints {
 public:
  using Point = ScalarPoint;
  using View = ScalarView;

  /// The step of `point` is not smaller than the last one.
  void append(const ScalarPoint& point);

  /// Adds the points from `first` on up to the first whose step goes back; returns that one, or
  /// `last`.
  const ScalarPoint* append(const ScalarPoint* first, const ScalarPoint* last);

  /// Drops the points whose step is at least `step`.
  void drop_from(int64_t step);

  std::size_t size() const { return size_; }
  int64_t step_at(std::size_t index) const;
  std::size_t lower_bound(int64_t step) const;

  /// Adds the first `count` points to `view`.
  void show(std::size_t count, ScalarView& view) const;

 private:
  std::pair<std::size_t, std::size_t> locate(std::size_t index) const;
  void truncate(std::size_t size);
  void open_chunk(const ScalarPoint& first);

  std::vector<std::shared_ptr<ScalarChunk>> chunks_;
  std::vector<std::size_t> begins_;  ///< index of each chunk's first point
  std::size_t size_ = 0;
  int64_t last_step_ = 0;       ///< when there are points
  ScalarChunk::Layout layout_;  ///< of the chunks to come
};

}  // namespace suar::dashboard
