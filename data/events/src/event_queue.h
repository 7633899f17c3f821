#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <suar/event.h>

namespace suar {

/// What waits for the writer thread: a scalar, which allocates nothing, or any other event. 32
/// bytes, two to a cache line: the fewer lines a call touches, the cheaper it is.
struct QueuedEvent {
  std::atomic<uint32_t> turn{0};  ///< kept by the queue
  float value = 0;
  const std::string* tag =
      nullptr;  ///< of a `TagTable`; null when this is not a scalar but `event`
  union {
    int64_t step = 0;
    Event* event;  ///< owned by who takes it out
  };
  int64_t ticks = 0;  ///< of a `TickClock`
};
static_assert(sizeof(QueuedEvent) == 32, "half a cache line");

/// A bounded first-in-first-out queue from several threads to one, without a lock: a caller takes
/// the next place with one atomic instruction, fills it and marks it as full. The places are used
/// round and round; each carries the turn at which it may be filled or emptied next.
class EventQueue {
 public:
  /// `capacity` is rounded up to a power of two, at least 2.
  explicit EventQueue(std::size_t capacity) {
    std::size_t size = 2;
    while (size < capacity && size < kLargestCapacity) size *= 2;
    mask_ = size - 1;
    places_ = std::make_unique<QueuedEvent[]>(size);
    for (std::size_t i = 0; i < size; ++i) {
      places_[i].turn.store(static_cast<uint32_t>(i), std::memory_order_relaxed);
    }
  }

  std::size_t capacity() const { return mask_ + 1; }

  /// Calls `fill(QueuedEvent&)` for a new last element and sets `position` to its number; false
  /// when the queue is full. Any thread.
  template <class Fill>
  bool try_push(Fill&& fill, uint64_t& position) {
    position = pushed_.load(std::memory_order_relaxed);
    while (true) {
      QueuedEvent& place = places_[position & mask_];
      const auto ahead = static_cast<int32_t>(place.turn.load(std::memory_order_acquire) -
                                              static_cast<uint32_t>(position));
      if (ahead == 0) {
        if (pushed_.compare_exchange_weak(position, position + 1, std::memory_order_seq_cst,
                                          std::memory_order_relaxed)) {
          fill(place);
          place.turn.store(static_cast<uint32_t>(position + 1), std::memory_order_release);
          return true;
        }
      } else if (ahead < 0) {
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
    QueuedEvent& place = places_[popped_ & mask_];
    if (place.turn.load(std::memory_order_acquire) != static_cast<uint32_t>(popped_ + 1))
      return false;
    use(place);
    place.turn.store(static_cast<uint32_t>(popped_ + capacity()), std::memory_order_release);
    ++popped_;
    return true;
  }

  /// Number of elements ever put in. Any thread.
  uint64_t pushed() const { return pushed_.load(std::memory_order_seq_cst); }

  /// Number of elements ever taken out. Of the thread that takes them.
  uint64_t popped() const { return popped_; }

 private:
  /// So that places can tell by 32 bits how far they are ahead.
  static constexpr std::size_t kLargestCapacity = std::size_t{1} << 30;

  std::size_t mask_ = 0;
  std::unique_ptr<QueuedEvent[]> places_;
  alignas(64) std::atomic<uint64_t> pushed_{0};
  alignas(64) uint64_t popped_ = 0;
};

}  // namespace suar
