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

/// The slots of sixteen finite floats, by arithmetic: edges ascend by a factor, so that a slot is
/// the logarithm to that base, of which five terms tell the greater part of what lies between two
/// edges. Where they do not, within 0.2 % of a slot from an edge, `unsure` has a bit.
SUAR_AVX512_INLINE __m512i find_slots(__m512 values, __mmask16& unsure) {
  // The logarithm is taken plus 1024, which leaves the whole slot in the upper ten bits of the
  // mantissa and what is left over in the lower 13.
  constexpr int kLeftover = 13, kUnsure = 16;
  constexpr float kBase = 1024, kSmallestSlot = 1, kGreatestSlot = BucketTable::kSlots - 1;
  // log(1e12) / log(1.1): slot 2 begins at 1e-12. Half of what is unsure lies below an edge.
  constexpr double kShift = kBase + 2 + 289.9062951371614 + 0.5 * kUnsure / (1 << kLeftover);
  const __m512i bits = _mm512_castps_si512(values);
  const __m512 exponent = _mm512_getexp_ps(values);
  const __m512 mantissa = _mm512_getmant_ps(values, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_zero);
  // log(m) / log(1.1) for m in [1, 2), to 0.00064: the best polynomial of this degree.
  __m512 slot = _mm512_set1_ps(-0.5935537076890757F);
  slot = _mm512_fmadd_ps(slot, mantissa, _mm512_set1_ps(4.691820650404813F));
  slot = _mm512_fmadd_ps(slot, mantissa, _mm512_set1_ps(-15.422688771496828F));
  slot = _mm512_fmadd_ps(slot, mantissa, _mm512_set1_ps(29.59989425146955F));
  slot = _mm512_fmadd_ps(slot, mantissa,
                         _mm512_set1_ps(static_cast<float>(-18.274835411255804 + kShift)));
  slot = _mm512_fmadd_ps(exponent, _mm512_set1_ps(7.272540897341713F), slot);  // log(2) / log(1.1)
  // Zero by its bits: the processor may have been told to see zeros in subnormals.
  const __mmask16 nonzero = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x7fffffff));
  const __m512 least = _mm512_mask_blend_ps(nonzero, _mm512_set1_ps(kBase + 0.5F),
                                            _mm512_set1_ps(kBase + kSmallestSlot + 0.5F));
  slot = _mm512_min_ps(_mm512_max_ps(slot, least), _mm512_set1_ps(kBase + kGreatestSlot + 0.5F));
  const __m512i slot_bits = _mm512_castps_si512(slot);
  unsure = _mm512_testn_epi32_mask(slot_bits,
                                   _mm512_set1_epi32(((1 << kLeftover) - 1) & ~(kUnsure - 1)));
  // The sign above them: negative numbers are `BucketTable::kNegative` higher.
  const __m512i with_sign = _mm512_ternarylogic_epi32(_mm512_set1_epi32(0x007fffff), slot_bits,
                                                      _mm512_srli_epi32(bits, 8), 0xCA);
  return _mm512_srli_epi32(with_sign, kLeftover);
}

SUAR_AVX512_INLINE void add_to_totals(const float* sixteen, __m512 vector, Totals& totals) {
  totals.min = _mm512_min_ps(totals.min, vector);
  totals.max = _mm512_max_ps(totals.max, vector);
#pragma GCC unroll 2
  for (std::size_t half = 0; half < 2; ++half) {
    const __m512d numbers = _mm512_cvtps_pd(_mm256_loadu_ps(sixteen + 8 * half));
    totals.sum[half] = _mm512_add_pd(totals.sum[half], numbers);
    totals.sum_squares[half] = _mm512_fmadd_pd(numbers, numbers, totals.sum_squares[half]);
    totals.sum_abs[half] = _mm512_add_pd(totals.sum_abs[half], _mm512_abs_pd(numbers));
  }
}

template <std::size_t kStep>
SUAR_AVX512_INLINE void count_eight(const uint32_t* slots, uint32_t* counts) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; ++i) ++counts[i * kStep + slots[i]];
}

/// Adds whole blocks, up to one in which a number is not finite; returns how many. `kStep` leads
/// from one row of counts to the next.
///
/// A block is counted while the slots of the next one are computed: the one waits for memory, the
/// other for arithmetic.
template <std::size_t kStep>
SUAR_AVX512 std::size_t add_blocks(const float* values, std::size_t blocks, FloatTotals& sums,
                                   uint32_t* counts) {
  const BucketTable& table = BucketTable::instance();
  Totals totals;
  clear(totals);
  alignas(64) uint32_t slots[2][kBlock];
  for (uint32_t& slot : slots[1]) slot = SlotCounts::kUnused;  // there is no block before the first
  std::size_t done = 0;
  for (; done < blocks; ++done) {
    const float* block = values + done * kBlock;
    uint32_t* const found = slots[done % 2];
    const uint32_t* const before = slots[(done + 1) % 2];
    if (!all_finite(block)) break;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kBlock; i += kVector) {
      const __m512 vector = _mm512_loadu_ps(block + i);
      __mmask16 unsure;
      _mm512_store_si512(found + i, find_slots(vector, unsure));
      count_eight<kStep>(before + i, counts);
      add_to_totals(block + i, vector, totals);
      count_eight<kStep>(before + i + 8, counts);
      for (uint32_t rest = unsure; rest != 0; rest &= rest - 1) {
        const auto lane = i + static_cast<std::size_t>(__builtin_ctz(rest));
        uint32_t bits;
        std::memcpy(&bits, block + lane, sizeof bits);
        found[lane] = table.slot_of(bits);
      }
    }
  }
  for (std::size_t i = 0; i < kBlock; i += 8) count_eight<kStep>(slots[(done + 1) % 2] + i, counts);
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
