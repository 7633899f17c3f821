#include "scalar_points.h"

#include <algorithm>

namespace suar::dashboard {
namespace {

// Chunks double in size, for most series are short, up to one whose unused rest does not count.
constexpr std::size_t kSmallestChunk = 32;
constexpr std::size_t kLargestChunk = kChunkBlock / 16;  // of points of 16 bytes

// First index in [0, size) whose step is at least `step`.
template <typename StepAt>
std::size_t find_step(std::size_t size, int64_t step, StepAt step_at) {
  std::size_t low = 0;
  std::size_t high = size;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (step_at(middle) < step) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

void ScalarView::append(std::shared_ptr<const ScalarChunk> chunk, std::size_t count) {
  if (count > 0) spans_.push_back({std::move(chunk), size(), count});
}

std::size_t ScalarView::span_of(std::size_t index) const {
  const auto after =
      std::upper_bound(spans_.begin(), spans_.end(), index,
                       [](std::size_t i, const Span& span) { return i < span.begin; });
  return static_cast<std::size_t>(after - spans_.begin()) - 1;
}

ScalarPoint ScalarView::operator[](std::size_t index) const {
  const Span& span = spans_[span_of(index)];
  const std::size_t i = index - span.begin;
  return (*span.chunk)[i];
}

std::size_t ScalarView::lower_bound(int64_t step) const {
  return find_step(size(), step, [this](std::size_t i) { return (*this)[i].step; });
}

std::pair<std::size_t, std::size_t> ScalarPoints::locate(std::size_t index) const {
  const auto after = std::upper_bound(begins_.begin(), begins_.end(), index);
  const std::size_t chunk = static_cast<std::size_t>(after - begins_.begin()) - 1;
  return {chunk, index - begins_[chunk]};
}

int64_t ScalarPoints::step_at(std::size_t index) const {
  const auto [chunk, i] = locate(index);
  return chunks_[chunk]->step(i);
}

std::size_t ScalarPoints::lower_bound(int64_t step) const {
  return find_step(size_, step, [this](std::size_t i) { return step_at(i); });
}

void ScalarPoints::drop_from(int64_t step) {
  if (size_ > 0 && last_step_ >= step) truncate(lower_bound(step));
}

void ScalarPoints::truncate(std::size_t size) {
  while (!chunks_.empty() && begins_.back() >= size) {
    chunks_.pop_back();
    begins_.pop_back();
  }
  if (!chunks_.empty()) {
    // A view may still show what stands behind `size` in this chunk: the writer goes on in a copy.
    const ScalarChunk& old = *chunks_.back();
    const std::size_t kept = size - begins_.back();
    auto copy = std::make_shared<ScalarChunk>(old.capacity(), old.first_step(), old.layout());
    for (std::size_t i = 0; i < kept; ++i) copy->set(i, old[i]);
    last_step_ = old.step(kept - 1);
    chunks_.back() = std::move(copy);
  }
  size_ = size;
}

void ScalarPoints::open_chunk(const ScalarPoint& first) {
  std::size_t capacity = kSmallestChunk;
  if (!chunks_.empty()) {
    // A chunk that did not take the point stays as full as it is. What one point needs, later ones
    // get too, so that points of changing kinds do not leave a trail of chunks with a point each.
    layout_.wide_steps |= !chunks_.back()->takes_step(first.step);
    layout_.wide_values |= !chunks_.back()->takes_value(first.value);
    capacity = std::min(chunks_.back()->capacity() * 2, kLargestChunk);
  }
  auto chunk = std::make_shared<ScalarChunk>(capacity, first.step, layout_);
  if (!chunk->takes_value(first.value)) {
    layout_.wide_values = true;
    chunk = std::make_shared<ScalarChunk>(capacity, first.step, layout_);
  }
  chunks_.push_back(std::move(chunk));
  begins_.push_back(size_);
}

void ScalarPoints::append(const ScalarPoint& point) {
  if (chunks_.empty() || size_ - begins_.back() == chunks_.back()->capacity() ||
      !chunks_.back()->takes_step(point.step) || !chunks_.back()->takes_value(point.value)) {
    open_chunk(point);
  }
  chunks_.back()->set(size_ - begins_.back(), point);
  last_step_ = point.step;
  ++size_;
}

const ScalarPoint* ScalarPoints::append(const ScalarPoint* first, const ScalarPoint* last) {
  while (first != last && (size_ == 0 || first->step >= last_step_)) {
    // The quick way for as long as nothing is special about the points, then one on the other way.
    const std::size_t taken =
        chunks_.empty() ? 0 : chunks_.back()->take(size_ - begins_.back(), first, last);
    if (taken > 0) {
      last_step_ = first[taken - 1].step;
      size_ += taken;
      first += taken;
    } else {
      append(*first++);
    }
  }
  return first;
}

void ScalarPoints::show(std::size_t count, ScalarView& view) const {
  for (std::size_t c = 0; c < chunks_.size() && begins_[c] < count; ++c) {
    const std::size_t end = c + 1 < chunks_.size() ? begins_[c + 1] : size_;
    view.append(chunks_[c], std::min(count, end) - begins_[c]);
  }
}

}  // namespace suar::dashboard
