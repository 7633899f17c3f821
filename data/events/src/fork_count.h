#pragma once

#include <atomic>
#include <cstdint>

namespace suar {

/// How often fork() has made the present process out of one that used Suar; what it was when an
/// object was made tells whether that object belongs to a parent. Reading it costs one load.
class ForkCount {
 public:
  /// Begins to count, once for a process.
  static void watch();
  static uint64_t now() { return count_.load(std::memory_order_relaxed); }

 private:
  static inline std::atomic<uint64_t> count_{0};
};

}  // namespace suar
