#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bucket_table.h"

namespace suar {

/// How many floats fell into each slot of bucket_table.h. Neighbours among many values are spread
/// over several rows, of which only the sum counts: they often share a slot, and a counter that was
/// just written is slow to read.
class SlotCounts {
 public:
  static constexpr std::size_t kRows = 8;
  /// No power of two, or all counters of a slot would compete for one set of the cache.
  static constexpr std::size_t kRowSize = BucketTable::kNegative + 800;

  /// For about `values` numbers: a few are not worth clearing several rows.
  explicit SlotCounts(std::size_t values) : rows_(values < 16384 ? 1 : kRows) { clear(); }

  /// False: there is only the first row.
  bool is_spread() const { return rows_ == kRows; }

  /// The rows, one after the other.
  uint32_t* data() { return counts_.data(); }

  void clear();

  uint64_t zeros() const;

  /// Adds the counts, of numbers from `min` to `max`, to buckets as default_buckets.h numbers them.
  void add_to_buckets(std::vector<uint64_t>& buckets, float min, float max) const;

 private:
  std::size_t rows_;
  std::array<uint32_t, kRows * kRowSize> counts_;  // cleared as far as it is used
};

}  // namespace suar
