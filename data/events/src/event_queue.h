#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <suar/event.h>

namespace suar {

/// What waits for the writer thread: any event, or a scalar, which allocates nothing.
struct QueuedEvent {
  std::unique_ptr<Event> event;      ///< null for a scalar, which is in the members below
  const std::string* tag = nullptr;  ///< of a `TagTable`
  int64_t step = 0;
  int64_t nanoseconds = 0;  ///< since 1970-01-01 UTC
  double value = 0;
};

/// A bounded first-in-first-out queue from several threads to one, without a lock: a caller takes
/// the next place with one atomic instruction, fills it and marks it as full. Places are used round
/// and round; each carries the turn at which it may be filled or emptied next.
class EventQueue {
 public:
  /// `capacity` is rounded up to a power of two, at least 2.
  explicit EventQueue(std::size_t capacity) {
    std::size_t size = 2;
    while (size < capacity) size *= 2;
    mask_ = size - 1;
    places_ = std::make_unique<Place[]>(size);
    for (std::size_t i = 0; i < size; ++i) places_[i].turn.store(i, std::memory_order_relaxed);
  }

  std::size_t capacity() const { return mask_ + 1; }

  /// Calls `fill(QueuedEvent&)` for a new last element and sets `position` to its number; false
  /// when the queue is full. Any thread.
  template <class Fill>
  bool try_push(Fill&& fill, uint64_t& position) {
    position = pushed_.load(std::memory_order_relaxed);
    while (true) {
      Place& place = places_[position & mask_];
      const uint64_t turn = place.turn.load(std::memory_order_acquire);
      if (turn == position) {
        if (pushed_.compare_exchange_weak(position, position + 1, std::memory_order_seq_cst,
                                          std::memory_order_relaxed)) {
          fill(place.event);
          place.turn.store(position + 1, std::memory_order_release);
          return true;
        }
      } else if (turn < position) {
        return false;
      } else {
        position = pushed_.load(std::memory_order_relaxed);
      }
    }
  }

  /// Calls `use(QueuedEvent&)` for the first element and removes it; false when there is none, or
  /// when its caller has not filled it yet. One thread only.
  template <class Use>
  bool try_pop(Use&& use) {
    Place& place = places_[popped_ & mask_];
    if (place.turn.load(std::memory_order_acquire) != popped_ + 1) return false;
    use(place.event);
    place.turn.store(popped_ + capacity(), std::memory_order_release);
    ++popped_;
    return true;
  }

  /// Number of elements ever put in. Any thread.
  uint64_t pushed() const { return pushed_.load(std::memory_order_seq_cst); }

  /// Number of elements ever taken out. Of the thread that takes them.
  uint64_t popped() const { return popped_; }

 private:
  struct alignas(64) Place {  // a cache line each: callers do not slow each other down
    std::atomic<uint64_t> turn{0};
    QueuedEvent event;
  };

  std::size_t mask_ = 0;
  std::unique_ptr<Place[]> places_;
  alignas(64) std::atomic<uint64_t> pushed_{0};
  alignas(64) uint64_t popped_ = 0;
};

}  // namespace suar
