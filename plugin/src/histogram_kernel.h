#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <suar/event.h>

namespace suar {

struct FloatKernel;

/// Everything that one pass over numbers tells. Sums and extremes are of the finite numbers.
struct NumberStatistics {
  uint64_t finite = 0;
  uint64_t nan = 0;
  uint64_t positive_infinity = 0;
  uint64_t negative_infinity = 0;
  uint64_t zeros = 0;  ///< 0 and -0
  double min = 0;      ///< 0 when nothing is finite
  double max = 0;      ///< 0 when nothing is finite
  /// Sums of floats and smaller numbers have a float's precision, of the sum of magnitudes.
  double sum = 0;
  double sum_squares = 0;
  double sum_abs = 0;
  std::vector<uint64_t> buckets;  ///< of the finite numbers, by default_buckets.h

  uint64_t nonfinite() const { return nan + positive_infinity + negative_infinity; }
};

/// The bits of numbers that C++ has no type for: IEEE 754 half precision, and the upper half of a
/// float.
struct Float16 {
  uint16_t bits;
};
struct BFloat16 {
  uint16_t bits;
};

/// Counts and sums `size` numbers in one pass, on the calling thread. No number is dropped; numbers
/// beyond the outermost edges are in the outermost buckets. Never throws but for want of memory.
NumberStatistics compute_statistics(const float* values, std::size_t size);
NumberStatistics compute_statistics(const double* values, std::size_t size);
NumberStatistics compute_statistics(const Float16* values, std::size_t size);
NumberStatistics compute_statistics(const BFloat16* values, std::size_t size);

/// The same by one of the kernels of float_kernel.h; the others take the fastest.
NumberStatistics compute_statistics(const float* values, std::size_t size,
                                    const FloatKernel& kernel);

/// Makes `statistics` those of its numbers and of the numbers of `more` together.
void merge(NumberStatistics& statistics, const NumberStatistics& more);

/// The histogram to record: buckets outside the values and runs of empty ones left out, the outer
/// edges at the smallest and greatest value, so that every reader draws the same.
Histogram make_histogram(const NumberStatistics& statistics);

}  // namespace suar
