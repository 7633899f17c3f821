#pragma once

#include <algorithm>
#include <cstdint>

namespace suar {

/// Keeps a search for records linear in the bytes searched: headers within each other would make
/// every byte be checked again for each of them.
class SearchBudget {
 public:
  /// True when the bytes [begin, end) may be checked as the data of a record.
  bool spend(uint64_t begin, uint64_t end) {
    if (end > end_) {
      left_ += kMostChecks * (end - std::max(end_, begin));
      end_ = end;
    }
    const uint64_t size = end - begin;
    if (left_ < size) return false;
    left_ -= size;
    return true;
  }

 private:
  // How often a byte may be looked at, on the average.
  static constexpr uint64_t kMostChecks = 4;

  uint64_t end_ = 0;   ///< of what was searched so far
  uint64_t left_ = 0;  ///< bytes that may still be checked
};

}  // namespace suar
