#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <suar/event.h>

namespace suar {

/// Everything that one pass over numbers tells. Sums and extremes are of the finite numbers.
struct NumberStatistics {
  uint64_t finite = 0;
  uint64_t nan = 0;
  uint64_t positive_infinity = 0;
  uint64_t negative_infinity = 0;
  uint64_t zeros = 0;  ///< 0 and -0
  double min = 0;      ///< 0 when nothing is finite
  double max = 0;      ///< 0 when nothing is finite
  double sum = 0;
  double sum_squares = 0;
  double sum_abs = 0;
  std::vector<uint64_t> buckets;  ///< of the finite numbers, by default_buckets.h

  uint64_t nonfinite() const { return nan + positive_infinity + negative_infinity; }
};

/// Counts and sums `size` numbers. Never throws but for want of memory; no number is dropped.
NumberStatistics compute_statistics(const float* values, std::size_t size);
NumberStatistics compute_statistics(const double* values, std::size_t size);

/// The histogram to record: buckets outside the values and runs of empty ones left out, the outer
/// edges at the smallest and greatest value, so that every reader draws the same.
Histogram make_histogram(const NumberStatistics& statistics);

}  // namespace suar
