#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "slot_counts.h"

namespace suar {

/// What a kernel sums up; sums and extremes are of the finite numbers.
struct FloatTotals {
  double sum = 0;
  double sum_squares = 0;
  double sum_abs = 0;
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  uint64_t nan = 0;
  uint64_t positive_infinity = 0;
  uint64_t negative_infinity = 0;
};

/// Adds `size` floats to the totals and counts, in which up to 2^32 - 1 floats have room.
using FloatKernelFunction = void (*)(const float* values, std::size_t size, FloatTotals& totals,
                                     SlotCounts& counts);

/// One of the ways to do it, all with the same result but for the rounding of the sums: the fastest
/// adds up to sixteen numbers as floats, and these sums as doubles.
struct FloatKernel {
  const char* name;
  FloatKernelFunction add;
};

/// The kernels that this processor can run, the fastest first and the portable one last.
const std::vector<FloatKernel>& float_kernels();

/// Adds floats one by one: the few, or the strange, for which a kernel has no quick way.
void add_floats_singly(const float* values, std::size_t size, FloatTotals& totals,
                       SlotCounts& counts);

void add_floats_portable(const float* values, std::size_t size, FloatTotals& totals,
                         SlotCounts& counts);

#if defined(__x86_64__) && defined(__GNUC__)
#define SUAR_X86_KERNELS
void add_floats_avx2(const float* values, std::size_t size, FloatTotals& totals,
                     SlotCounts& counts);
void add_floats_avx512(const float* values, std::size_t size, FloatTotals& totals,
                       SlotCounts& counts);
#endif

}  // namespace suar
