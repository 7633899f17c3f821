#include "slot_counts.h"

#include <algorithm>

namespace suar {

static_assert(BucketTable::kNegative + BucketTable::kSlots <= SlotCounts::kRowSize);

void SlotCounts::clear() {
  std::fill_n(counts_.begin(), rows_ * kRowSize, 0);
}

uint64_t SlotCounts::zeros() const {
  uint64_t count = 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    const uint32_t* slots = counts_.data() + row * kRowSize;
    count += uint64_t{slots[0]} + slots[BucketTable::kNegative];
  }
  return count;
}

void SlotCounts::add_to_buckets(std::vector<uint64_t>& buckets) const {
  std::array<uint32_t, kRowSize> sums;
  std::copy_n(counts_.begin(), kRowSize, sums.begin());
  for (std::size_t row = 1; row < rows_; ++row) {
    const uint32_t* slots = counts_.data() + row * kRowSize;
    for (std::size_t slot = 0; slot < kRowSize; ++slot) sums[slot] += slots[slot];
  }
  const uint32_t* positive = sums.data();
  const uint32_t* negative = positive + BucketTable::kNegative;
  uint64_t* from_zero = buckets.data() + BucketTable::kZeroBucket;
  from_zero[0] += uint64_t{positive[0]} + negative[0];
  for (std::size_t i = 1; i < BucketTable::kSlots; ++i) from_zero[i - 1] += positive[i];
  for (std::size_t i = 1; i < BucketTable::kSlots; ++i)
    buckets[BucketTable::kZeroBucket - i] += negative[i];
}

}  // namespace suar
