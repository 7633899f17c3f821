#include "float_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace suar {
namespace {

constexpr std::size_t kBlock = 1024;  // numbers that stay in the first-level cache for all passes
constexpr std::size_t kLanes = 8;     // independent sums, which a compiler can put in vectors

bool all_finite(const float* values, std::size_t size) {
  uint32_t any_other = 0;
  for (std::size_t i = 0; i < size; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof bits);
    any_other |= (bits & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
  }
  return any_other == 0;
}

/// Totals of `size` finite numbers, a multiple of `kLanes`.
void add_finite(const float* values, std::size_t size, FloatTotals& totals) {
  std::array<double, kLanes> sum{}, sum_squares{}, sum_abs{};
  std::array<float, kLanes> min, max;
  min.fill(totals.min);
  max.fill(totals.max);
  for (std::size_t i = 0; i < size; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float value = values[i + lane];
      const double number = value;
      sum[lane] += number;
      sum_squares[lane] += number * number;
      sum_abs[lane] += std::fabs(number);
      min[lane] = value < min[lane] ? value : min[lane];
      max[lane] = value > max[lane] ? value : max[lane];
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    totals.sum += sum[lane];
    totals.sum_squares += sum_squares[lane];
    totals.sum_abs += sum_abs[lane];
    totals.min = std::min(totals.min, min[lane]);
    totals.max = std::max(totals.max, max[lane]);
  }
}

/// Counts `size` finite numbers, a multiple of `kLanes`.
void count_finite(const float* values, std::size_t size, SlotCounts& counts) {
  const BucketTable& table = BucketTable::instance();
  uint32_t* const row = counts.data();
  const std::size_t step = counts.is_spread() ? SlotCounts::kRowSize : 0;
  for (std::size_t i = 0; i < size; i += 4) {
    std::array<uint32_t, 4> bits;
    std::memcpy(bits.data(), values + i, sizeof bits);
    for (std::size_t j = 0; j < bits.size(); ++j) ++row[j * step + table.slot_of(bits[j])];
  }
}

std::vector<FloatKernel> find_kernels() {
  std::vector<FloatKernel> kernels;
#ifdef SUAR_X86_KERNELS
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2")) {
    kernels.push_back({"AVX-512", add_floats_avx512});
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2")) {
    kernels.push_back({"AVX2", add_floats_avx2});
  }
#endif
  kernels.push_back({"portable", add_floats_portable});
  return kernels;
}

}  // namespace

const std::vector<FloatKernel>& float_kernels() {
  static const std::vector<FloatKernel> kernels = find_kernels();
  return kernels;
}

void add_floats_singly(const float* values, std::size_t size, FloatTotals& totals,
                       SlotCounts& counts) {
  const BucketTable& table = BucketTable::instance();
  for (std::size_t i = 0; i < size; ++i) {
    const float value = values[i];
    if (std::isnan(value)) {
      ++totals.nan;
    } else if (std::isinf(value)) {
      ++(value > 0 ? totals.positive_infinity : totals.negative_infinity);
    } else {
      const double number = value;
      totals.sum += number;
      totals.sum_squares += number * number;
      totals.sum_abs += std::fabs(number);
      totals.min = std::min(totals.min, value);
      totals.max = std::max(totals.max, value);
      uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      ++counts.data()[table.slot_of(bits)];
    }
  }
}

void add_floats_portable(const float* values, std::size_t size, FloatTotals& totals,
                         SlotCounts& counts) {
  while (size >= kLanes) {
    const std::size_t block = std::min(size / kLanes * kLanes, kBlock);
    if (all_finite(values, block)) {
      add_finite(values, block, totals);
      count_finite(values, block, counts);
    } else {
      add_floats_singly(values, block, totals, counts);
    }
    values += block;
    size -= block;
  }
  add_floats_singly(values, size, totals, counts);
}

}  // namespace suar
