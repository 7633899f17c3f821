#include "float_kernel.h"

#ifdef SUAR_X86_KERNELS

// GCC's header reads on purpose what has no value yet.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <cstring>

#include <immintrin.h>

// Attributes of the functions, not flags of the file: these would reach the inline functions of the
// headers, and through them the rest of the program.
#define SUAR_AVX512 __attribute__((target("avx512f,avx512dq,bmi2")))
#define SUAR_AVX512_INLINE SUAR_AVX512 __attribute__((always_inline)) inline

namespace suar {
namespace {

constexpr std::size_t kVector = 16;
constexpr std::size_t kBlock = 4 * kVector;
constexpr int32_t kInfinity = 0x7f800000;  // its bits

struct Totals {
  __m512d sum[2], sum_squares[2], sum_abs[2];
  __m512 min, max;
};

SUAR_AVX512_INLINE void clear(Totals& totals) {
  for (int half = 0; half < 2; ++half) {
    totals.sum[half] = totals.sum_squares[half] = totals.sum_abs[half] = _mm512_setzero_pd();
  }
  totals.min = _mm512_set1_ps(std::numeric_limits<float>::infinity());
  totals.max = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
}

SUAR_AVX512_INLINE void add_to(FloatTotals& sums, const Totals& totals) {
  sums.sum += _mm512_reduce_add_pd(_mm512_add_pd(totals.sum[0], totals.sum[1]));
  sums.sum_squares +=
      _mm512_reduce_add_pd(_mm512_add_pd(totals.sum_squares[0], totals.sum_squares[1]));
  sums.sum_abs += _mm512_reduce_add_pd(_mm512_add_pd(totals.sum_abs[0], totals.sum_abs[1]));
  const float min = _mm512_reduce_min_ps(totals.min), max = _mm512_reduce_max_ps(totals.max);
  if (min < sums.min) sums.min = min;
  if (max > sums.max) sums.max = max;
}

SUAR_AVX512_INLINE bool all_finite(const float* block) {
  __m512i bits[4];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    bits[i] =
        _mm512_and_si512(_mm512_loadu_si512(block + kVector * i), _mm512_set1_epi32(kInfinity));
  }
  const __m512i greatest =
      _mm512_max_epi32(_mm512_max_epi32(bits[0], bits[1]), _mm512_max_epi32(bits[2], bits[3]));
  return _mm512_cmpeq_epi32_mask(greatest, _mm512_set1_epi32(kInfinity)) == 0;
}

/// Adds whole blocks, up to one in which a number is not finite; returns how many. `kStep` leads
/// from one row of counts to the next.
template <std::size_t kStep>
SUAR_AVX512 std::size_t add_blocks(const float* values, std::size_t blocks, FloatTotals& sums,
                                   uint32_t* counts) {
  const BucketTable& table = BucketTable::instance();
  Totals totals;
  clear(totals);
  std::size_t done = 0;
  for (; done < blocks; ++done) {
    const float* block = values + done * kBlock;
    if (!all_finite(block)) break;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kBlock; i += kVector) {
      const __m512 vector = _mm512_loadu_ps(block + i);
      totals.min = _mm512_min_ps(totals.min, vector);
      totals.max = _mm512_max_ps(totals.max, vector);
#pragma GCC unroll 2
      for (std::size_t half = 0; half < 2; ++half) {
        const float* eight = block + i + 8 * half;
        const __m512d numbers = _mm512_cvtps_pd(_mm256_loadu_ps(eight));
        totals.sum[half] = _mm512_add_pd(totals.sum[half], numbers);
        totals.sum_squares[half] = _mm512_fmadd_pd(numbers, numbers, totals.sum_squares[half]);
        totals.sum_abs[half] = _mm512_add_pd(totals.sum_abs[half], _mm512_abs_pd(numbers));
        // Between the sums, which wait for other units of the processor than the look-ups.
#pragma GCC unroll 4
        for (std::size_t k = 0; k < 8; k += 2) {
          uint64_t two;
          std::memcpy(&two, eight + k, sizeof two);
          ++counts[k * kStep + table.slot_of(static_cast<uint32_t>(two))];
          ++counts[(k + 1) * kStep + table.slot_of(static_cast<uint32_t>(two >> 32))];
        }
      }
    }
  }
  add_to(sums, totals);
  return done;
}

}  // namespace

SUAR_AVX512 void add_floats_avx512(const float* values, std::size_t size, FloatTotals& totals,
                                   SlotCounts& counts) {
  const auto add = counts.is_spread() ? add_blocks<SlotCounts::kRowSize> : add_blocks<0>;
  while (size >= kBlock) {
    std::size_t added = kBlock * add(values, size / kBlock, totals, counts.data());
    if (size - added >= kBlock) {
      add_floats_singly(values + added, kBlock, totals, counts);
      added += kBlock;
    }
    values += added;
    size -= added;
  }
  add_floats_avx2(values, size, totals, counts);  // a processor with AVX-512 has AVX2
}

}  // namespace suar

#endif
