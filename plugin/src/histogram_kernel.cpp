#include "histogram_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "default_buckets.h"

namespace suar {
namespace {

/// Finds the bucket of a float by one look-up and one addition, exactly.
///
/// The upper 13 bits of a float (sign, exponent, 4 bits of mantissa) name a cell, 1/16 of an octave
/// wide: narrower than the ratio of 1.1 between edges, so that at most one edge lies in a cell. The
/// table's entry holds the cell's bucket in its upper 13 bits, and in its lower 19 what makes a
/// mantissa that has reached the edge carry over into the next bucket.
///
/// Negative floats ascend away from zero, so their buckets are counted from zero on as well, from
/// `kNegative` upwards.
class BucketTable {
 public:
  static constexpr uint32_t kNegative = 1024;
  static constexpr std::size_t kSlots = std::size_t{2} * kNegative;

  BucketTable() {
    const auto& edges = default_bucket_edges();
    std::vector<double> magnitudes(edges.begin() + static_cast<std::ptrdiff_t>(edges.size() / 2),
                                   edges.end());  // 0, 1e-12, ...
    for (uint32_t cell = 0; cell < kCellCount; ++cell) {
      const bool negative = cell >= kCellCount / 2;
      const uint32_t low = (cell % (kCellCount / 2)) << kCellShift;
      const uint32_t high = low + (uint32_t{1} << kCellShift) - 1;
      uint32_t bucket = slot(low, negative, magnitudes);
      uint32_t carry = 0;
      if (high < kInfinity && slot(high, negative, magnitudes) != bucket) {
        uint32_t first = low + 1;  // by bisection: the first float of the next bucket
        for (uint32_t end = high; first < end;) {
          const uint32_t middle = first + (end - first) / 2;
          if (slot(middle, negative, magnitudes) == bucket)
            first = middle + 1;
          else
            end = middle;
        }
        carry = high + 1 - first;
      }
      if (negative) bucket += kNegative;
      table_[cell] = ((bucket - cell) << kCellShift) + carry;
    }
  }

  uint32_t slot_of(uint32_t bits) const {
    return (bits + table_[bits >> kCellShift]) >> kCellShift;
  }

 private:
  static constexpr int kCellShift = 19;
  static constexpr uint32_t kCellCount = uint32_t{1} << (32 - kCellShift);
  static constexpr uint32_t kInfinity = 0x7f800000u;

  /// Number of edges between zero and the magnitude: those that a positive value has reached, or
  /// that a negative one has passed (buckets are closed on the left). Slot 0 of the negatives is
  /// -0.
  static uint32_t slot(uint32_t magnitude_bits, bool negative, const std::vector<double>& edges) {
    float magnitude;
    std::memcpy(&magnitude, &magnitude_bits, sizeof magnitude);
    const auto edge = negative ? std::lower_bound(edges.begin(), edges.end(), magnitude)
                               : std::upper_bound(edges.begin(), edges.end(), magnitude);
    return static_cast<uint32_t>(edge - edges.begin());
  }

  std::array<uint32_t, kCellCount> table_;
};

const BucketTable& bucket_table() {
  static const BucketTable table;
  return table;
}

constexpr std::size_t kBlock = 1024;  // numbers that stay in the first-level cache for both passes
constexpr std::size_t kLanes = 8;     // independent sums, which a compiler can put in vectors

/// Sums of one block whose numbers are all finite.
void add_finite_block(const float* values, std::size_t size, NumberStatistics& statistics) {
  std::array<double, kLanes> sum{}, sum_squares{}, sum_abs{};
  std::array<float, kLanes> min, max;
  min.fill(std::numeric_limits<float>::infinity());
  max.fill(-std::numeric_limits<float>::infinity());
  std::array<uint32_t, kLanes> zeros{};
  const auto add = [&](std::size_t lane, float value) {
    const double number = value;
    sum[lane] += number;
    sum_squares[lane] += number * number;
    sum_abs[lane] += std::fabs(number);
    min[lane] = value < min[lane] ? value : min[lane];
    max[lane] = value > max[lane] ? value : max[lane];
    zeros[lane] += value == 0 ? 1 : 0;
  };
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane, values[i + lane]);
  }
  for (; i < size; ++i) add(0, values[i]);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    statistics.sum += sum[lane];
    statistics.sum_squares += sum_squares[lane];
    statistics.sum_abs += sum_abs[lane];
    statistics.min = std::min(statistics.min, static_cast<double>(min[lane]));
    statistics.max = std::max(statistics.max, static_cast<double>(max[lane]));
    statistics.zeros += zeros[lane];
  }
  statistics.finite += size;
}

template <class Number>
bool count_nonfinite(Number value, NumberStatistics& statistics) {
  if (std::isfinite(value)) return false;
  if (std::isnan(value))
    ++statistics.nan;
  else if (value > 0)
    ++statistics.positive_infinity;
  else
    ++statistics.negative_infinity;
  return true;
}

NumberStatistics empty_statistics() {
  NumberStatistics statistics;
  statistics.min = std::numeric_limits<double>::infinity();
  statistics.max = -std::numeric_limits<double>::infinity();
  statistics.buckets.assign(default_bucket_edges().size() + 1, 0);
  return statistics;
}

void finish(NumberStatistics& statistics) {
  if (statistics.finite == 0) statistics.min = statistics.max = 0;
}

}  // namespace

NumberStatistics compute_statistics(const float* values, std::size_t size) {
  const BucketTable& table = bucket_table();
  NumberStatistics statistics = empty_statistics();
  std::vector<uint64_t> slots(BucketTable::kSlots, 0);
  std::array<float, kBlock> finite_values;
  for (std::size_t begin = 0; begin < size; begin += kBlock) {
    const float* block = values + begin;
    std::size_t block_size = std::min(kBlock, size - begin);
    uint32_t any_nonfinite = 0;
    for (std::size_t i = 0; i < block_size; ++i) {
      uint32_t bits;
      std::memcpy(&bits, block + i, sizeof bits);
      any_nonfinite |= (bits & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
    }
    if (any_nonfinite != 0) {
      const auto* end =
          std::copy_if(block, block + block_size, finite_values.begin(),
                       [&](float value) { return !count_nonfinite(value, statistics); });
      block_size = static_cast<std::size_t>(end - finite_values.begin());
      block = finite_values.data();
    }
    add_finite_block(block, block_size, statistics);
    for (std::size_t i = 0; i < block_size; ++i) {
      uint32_t bits;
      std::memcpy(&bits, block + i, sizeof bits);
      ++slots[table.slot_of(bits)];
    }
  }
  // Slot s of the positives is the bucket s above the middle; slot 0 of the negatives is -0, which
  // is 0.
  const std::size_t middle = default_bucket_edges().size() / 2;
  for (std::size_t s = 0; s <= middle + 1; ++s) {
    statistics.buckets[std::min(middle + s, statistics.buckets.size() - 1)] += slots[s];
    const std::size_t bucket = s == 0 ? middle + 1 : middle + 1 - s;
    statistics.buckets[bucket] += slots[BucketTable::kNegative + s];
  }
  finish(statistics);
  return statistics;
}

NumberStatistics compute_statistics(const double* values, std::size_t size) {
  const auto& edges = default_bucket_edges();
  NumberStatistics statistics = empty_statistics();
  for (std::size_t i = 0; i < size; ++i) {
    const double value = values[i];
    if (count_nonfinite(value, statistics)) continue;
    ++statistics.finite;
    statistics.zeros += value == 0 ? 1 : 0;
    statistics.min = std::min(statistics.min, value);
    statistics.max = std::max(statistics.max, value);
    statistics.sum += value;
    statistics.sum_squares += value * value;
    statistics.sum_abs += std::fabs(value);
    const auto edge = std::upper_bound(edges.begin(), edges.end(), value);
    ++statistics.buckets[static_cast<std::size_t>(edge - edges.begin())];
  }
  finish(statistics);
  return statistics;
}

Histogram make_histogram(const NumberStatistics& statistics) {
  Histogram histogram;
  histogram.min = statistics.min;
  histogram.max = statistics.max;
  histogram.count = static_cast<double>(statistics.finite);
  histogram.sum = statistics.sum;
  histogram.sum_squares = statistics.sum_squares;
  const auto& edges = default_bucket_edges();
  bool after_empty = true;
  for (std::size_t i = 0; i < statistics.buckets.size(); ++i) {
    const bool empty = statistics.buckets[i] == 0;
    if (!empty) {
      // A bucket begins where the one before it ends, so the run of empty ones before it needs one.
      if (after_empty) {
        const double left = histogram.limits.empty() ? statistics.min : edges[i - 1];
        histogram.limits.push_back(left);
        histogram.counts.push_back(0);
      }
      histogram.limits.push_back(i < edges.size() ? edges[i] : statistics.max);
      histogram.counts.push_back(static_cast<double>(statistics.buckets[i]));
    }
    after_empty = empty;
  }
  const std::size_t size = histogram.limits.size();
  if (size >= 2 && statistics.max > histogram.limits[size - 2]) {
    histogram.limits.back() = statistics.max;
  }
  return histogram;
}

}  // namespace suar
