#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace suar {

/// Finds the bucket of a float by one look-up and one addition, exactly.
///
/// The upper 13 bits of a float (sign, exponent, 4 bits of mantissa) name a cell, 1/16 of an octave
/// wide: narrower than the ratio of 1.1 between edges, so that at most one edge lies in a cell. The
/// table's entry holds the cell's slot in its upper 13 bits, and in its lower 19 what makes a
/// mantissa that has reached the edge carry over into the next slot.
///
/// A slot is a bucket counted from zero outwards, as floats ascend: slot 0 holds zero alone, slot 1
/// what lies between it and the first edge, slot `kSlots - 1` what lies from the last edge on. The
/// slots of the negative numbers, -0 among them, are `kNegative` higher.
class BucketTable {
 public:
  static constexpr uint32_t kNegative = 1024;
  static constexpr uint32_t kSlots = 776;  ///< of one sign: 774 edges, between and beyond, and zero
  static constexpr uint32_t kZeroBucket = 775;  ///< bucket of zero

  static const BucketTable& instance();

  /// The slot of the finite float that has these bits.
  uint32_t slot_of(uint32_t bits) const {
    return (bits + table_[bits >> kCellShift]) >> kCellShift;
  }

  /// The number of the bucket, in default_buckets.h, of the finite float that has these bits.
  uint32_t bucket_of(uint32_t bits) const {
    const uint32_t slot = slot_of(bits);
    if (slot % kNegative == 0) return kZeroBucket;
    return slot < kNegative ? kZeroBucket - 1 + slot : kZeroBucket - (slot - kNegative);
  }

 private:
  static constexpr int kCellShift = 19;
  static constexpr uint32_t kCellCount = uint32_t{1} << (32 - kCellShift);

  BucketTable();

  std::array<uint32_t, kCellCount> table_;
};

}  // namespace suar
