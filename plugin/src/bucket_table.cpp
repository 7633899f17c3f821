#include "bucket_table.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "default_buckets.h"

namespace suar {
namespace {

constexpr uint32_t kInfinity = 0x7f800000u;     // bits
constexpr uint32_t kLeastNormal = 0x00800000u;  // bits

/// Number of edges from zero up to the magnitude: those that a positive value has reached, or that
/// a negative one has passed (buckets are closed on the left). Zero itself is in slot 0, so that it
/// is counted apart.
uint32_t find_slot(uint32_t magnitude_bits, bool negative, const std::vector<double>& edges) {
  if (magnitude_bits == 0) return 0;
  // Not by comparing: the table may be made while the processor takes subnormals for zeros.
  if (magnitude_bits < kLeastNormal) return 1;
  float magnitude;
  std::memcpy(&magnitude, &magnitude_bits, sizeof magnitude);
  const auto edge = negative ? std::lower_bound(edges.begin(), edges.end(), magnitude)
                             : std::upper_bound(edges.begin(), edges.end(), magnitude);
  return static_cast<uint32_t>(edge - edges.begin());
}

}  // namespace

const BucketTable& BucketTable::instance() {
  static const BucketTable table;
  return table;
}

BucketTable::BucketTable() {
  const auto& all = default_bucket_edges();
  const std::vector<double> edges(all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2),
                                  all.end());  // 0, 1e-12, ...
  for (uint32_t cell = 0; cell < kCellCount; ++cell) {
    const bool negative = cell >= kCellCount / 2;
    const uint32_t low = (cell % (kCellCount / 2)) << kCellShift;
    const uint32_t high = low + (uint32_t{1} << kCellShift) - 1;
    uint32_t slot = find_slot(low, negative, edges);
    uint32_t carry = 0;
    if (high < kInfinity && find_slot(high, negative, edges) != slot) {
      uint32_t first = low + 1;  // by bisection: the first float of the next slot
      for (uint32_t end = high; first < end;) {
        const uint32_t middle = first + (end - first) / 2;
        if (find_slot(middle, negative, edges) == slot)
          first = middle + 1;
        else
          end = middle;
      }
      carry = high + 1 - first;
    }
    if (negative) slot += kNegative;
    table_[cell] = ((slot - cell) << kCellShift) + carry;
  }
}

}  // namespace suar
