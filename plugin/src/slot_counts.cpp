#include "slot_counts.h"

#include <algorithm>
#include <cstring>

namespace suar {
namespace {

uint32_t slot_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return BucketTable::instance().slot_of(bits);
}

}  // namespace

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

void SlotCounts::add_to_buckets(std::vector<uint64_t>& buckets, float min, float max) const {
  // Slot 1 in any case: at::set_flush_denormal lets the processor see zeros in its numbers.
  const uint32_t last_positive = max > 0 ? slot_of(max) : 1;
  const uint32_t last_negative = min < 0 ? slot_of(min) - BucketTable::kNegative : 1;
  uint64_t* const from_zero = buckets.data() + BucketTable::kZeroBucket;
  from_zero[0] += zeros();
  for (std::size_t row = 0; row < rows_; ++row) {
    const uint32_t* positive = counts_.data() + row * kRowSize;
    const uint32_t* negative = positive + BucketTable::kNegative;
    for (std::size_t i = 1; i <= last_positive; ++i) from_zero[i - 1] += positive[i];
    for (std::size_t i = 1; i <= last_negative; ++i) *(from_zero - i) += negative[i];
  }
}

}  // namespace suar
