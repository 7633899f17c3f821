#include "float_kernel.h"

#ifdef SUAR_X86_KERNELS

// GCC's header reads on purpose what has no value yet.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <algorithm>
#include <cstring>

#include <immintrin.h>

// Attributes of the functions, not flags of the file: these would reach the inline functions of the
// headers, and through them the rest of the program.
#define SUAR_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,bmi2")))
#define SUAR_AVX512_INLINE SUAR_AVX512 __attribute__((always_inline)) inline

namespace suar {
namespace {

constexpr std::size_t kVector = 16;
constexpr std::size_t kVectors = 4;  // of a block
constexpr std::size_t kBlock = kVectors * kVector;
constexpr std::size_t kGroup = 4;       // blocks
constexpr std::size_t kStrange = 4096;  // what is out of the ordinary is rarely alone

/// Sums of a group, each of one number of every vector: so few that floats will do.
struct GroupTotals {
  __m512 sum, sum_squares, sum_abs;
  __m512 min, max;  // since the first group
};

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

/// Whether floats sufficed: no square has overflowed, nor so many become zero that it matters, all
/// numbers are finite, and none has a slot beyond the last.
SUAR_AVX512_INLINE bool is_ordinary(const GroupTotals& group) {
  const __m512 greatest = _mm512_set1_ps(1e30F), least = _mm512_set1_ps(1e-24F);
  if (_mm512_cmp_ps_mask(group.sum_squares, greatest, _CMP_NLT_UQ) != 0) return false;
  return _mm512_cmp_ps_mask(group.sum_squares, least, _CMP_GE_OQ) != 0 ||
         _mm512_cmp_ps_mask(group.sum_abs, _mm512_setzero_ps(), _CMP_NEQ_UQ) == 0;
}

SUAR_AVX512_INLINE void add_to(__m512d (&sums)[2], __m512 sum) {
  sums[0] = _mm512_add_pd(sums[0], _mm512_cvtps_pd(_mm512_castps512_ps256(sum)));
  sums[1] = _mm512_add_pd(sums[1], _mm512_cvtps_pd(_mm512_extractf32x8_ps(sum, 1)));
}

SUAR_AVX512_INLINE void add_to(Totals& totals, const GroupTotals& group) {
  add_to(totals.sum, group.sum);
  add_to(totals.sum_squares, group.sum_squares);
  add_to(totals.sum_abs, group.sum_abs);
  totals.min = group.min;
  totals.max = group.max;
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

/// The slots of a block, to be counted when the next group is computed: then nothing waits for
/// them, nor for what is to be done about the few that are unsure.
struct FoundSlots {
  alignas(64) uint16_t slots[kBlock];  // two vectors in turn, then the other two
  uint64_t unsure = 0;                 // a bit for each number of the block, in their order
  const float* block = nullptr;

  /// Slots that no number has, for counting what does not count: one each, since a counter that
  /// was just written is slow to read.
  void clear() {
    for (std::size_t i = 0; i < kBlock; ++i) {
      slots[i] = static_cast<uint16_t>(BucketTable::kSlots + i);
    }
    unsure = 0;
  }

  void settle() {
    for (; unsure != 0; unsure &= unsure - 1) {
      const auto i = static_cast<std::size_t>(__builtin_ctzll(unsure));
      const std::size_t vector = i / kVector, lane = i % kVector;
      uint32_t bits;
      std::memcpy(&bits, block + i, sizeof bits);
      slots[vector / 2 * 2 * kVector + 2 * lane + vector % 2] =
          static_cast<uint16_t>(BucketTable::instance().slot_of(bits));
    }
  }
};

static_assert(BucketTable::kSlots + kBlock <= BucketTable::kNegative);

/// Counts the `part`-th eighth of a block. `kStep` leads from one row of counts to the next.
template <std::size_t kStep>
SUAR_AVX512_INLINE void count_eighth(const FoundSlots& found, std::size_t part, uint32_t* counts) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kBlock / 8; ++i) {
    ++counts[i * kStep + found.slots[part * kBlock / 8 + i]];
  }
}

#define SUAR_FOR_EACH_VECTOR _Pragma("GCC unroll 4") for (std::size_t i = 0; i < kVectors; ++i)

/// Adds a block to the totals of its group, and puts its slots where others wait, which it counts.
///
/// The slots are found by arithmetic: edges ascend by a factor, so that a slot is the logarithm to
/// that base, of which five terms tell the greater part of what lies between two edges. Where they
/// do not, within 0.2 % of a slot from an edge, the slot is unsure.
///
/// The vectors go abreast, step by step, and counting goes between the steps: the one waits for
/// memory, the other for arithmetic, and the processor sees no further than a few hundred
/// instructions ahead.
template <std::size_t kStep>
SUAR_AVX512_INLINE void add_block(const float* block, GroupTotals& group, FoundSlots& found,
                                  uint32_t* counts) {
  // The logarithm is taken plus 1024, which leaves the whole slot in the upper ten bits of the
  // mantissa and what is left over in the lower 13.
  constexpr int kLeftover = 13, kUnsure = 16;
  constexpr float kBase = 1024;
  // log(1e12) / log(1.1): slot 2 begins at 1e-12. Half of what is unsure lies below an edge.
  constexpr double kShift = kBase + 2 + 289.9062951371614 + 0.5 * kUnsure / (1 << kLeftover);
  const __m512 smallest = _mm512_set1_ps(kBase + 1.5F);  // slot 1

  if (__builtin_expect(found.unsure != 0, 0)) found.settle();
  __m512 values[kVectors], mantissas[kVectors], slots[kVectors];
  SUAR_FOR_EACH_VECTOR {
    values[i] = _mm512_loadu_ps(block + kVector * i);
    mantissas[i] = _mm512_getmant_ps(values[i], _MM_MANT_NORM_1_2, _MM_MANT_SIGN_zero);
  }
  count_eighth<kStep>(found, 0, counts);
  // log(m) / log(1.1) for m in [1, 2), to 0.00064: the best polynomial of this degree.
  SUAR_FOR_EACH_VECTOR {
    slots[i] = _mm512_fmadd_ps(_mm512_set1_ps(-0.5935537076890757F), mantissas[i],
                               _mm512_set1_ps(4.691820650404813F));
    group.min = _mm512_min_ps(group.min, values[i]);
    group.max = _mm512_max_ps(group.max, values[i]);
  }
  count_eighth<kStep>(found, 1, counts);
  SUAR_FOR_EACH_VECTOR {
    slots[i] = _mm512_fmadd_ps(slots[i], mantissas[i], _mm512_set1_ps(-15.422688771496828F));
    group.sum = _mm512_add_ps(group.sum, values[i]);
  }
  count_eighth<kStep>(found, 2, counts);
  SUAR_FOR_EACH_VECTOR {
    slots[i] = _mm512_fmadd_ps(slots[i], mantissas[i], _mm512_set1_ps(29.59989425146955F));
    group.sum_squares = _mm512_fmadd_ps(values[i], values[i], group.sum_squares);
  }
  count_eighth<kStep>(found, 3, counts);
  __m512 exponents[kVectors];
  SUAR_FOR_EACH_VECTOR {
    slots[i] = _mm512_fmadd_ps(slots[i], mantissas[i],
                               _mm512_set1_ps(static_cast<float>(-18.274835411255804 + kShift)));
    exponents[i] = _mm512_getexp_ps(values[i]);
  }
  count_eighth<kStep>(found, 4, counts);
  SUAR_FOR_EACH_VECTOR {
    slots[i] =
        _mm512_fmadd_ps(exponents[i], _mm512_set1_ps(7.272540897341713F),  // log(2) / log(1.1)
                        slots[i]);
    group.sum_abs = _mm512_add_ps(group.sum_abs, _mm512_abs_ps(values[i]));
  }
  count_eighth<kStep>(found, 5, counts);
  __m512i with_sign[kVectors];
  __mmask16 unsure[kVectors];
  SUAR_FOR_EACH_VECTOR {
    const __m512i bits = _mm512_castps_si512(values[i]);
    // Zero by its bits: the processor may have been told to see zeros in subnormals.
    const __mmask16 nonzero = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x7fffffff));
    const __m512i slot_bits = _mm512_maskz_max_epi32(nonzero, _mm512_castps_si512(slots[i]),
                                                     _mm512_castps_si512(smallest));
    unsure[i] = _mm512_mask_testn_epi32_mask(
        nonzero, slot_bits, _mm512_set1_epi32(((1 << kLeftover) - 1) & ~(kUnsure - 1)));
    // The sign above them: negative numbers are `BucketTable::kNegative` higher.
    with_sign[i] = _mm512_ternarylogic_epi32(_mm512_set1_epi32(0x007fffff), slot_bits,
                                             _mm512_srli_epi32(bits, 8), 0xCA);
  }
  count_eighth<kStep>(found, 6, counts);
  count_eighth<kStep>(found, 7, counts);
#pragma GCC unroll 2
  for (std::size_t i = 0; i < kVectors; i += 2) {
    const __m512i low = _mm512_srli_epi32(with_sign[i], kLeftover);
    const __m512i high = _mm512_slli_epi32(with_sign[i + 1], 16 - kLeftover);
    _mm512_store_si512(found.slots + kVector * i, _mm512_mask_mov_epi16(low, 0xAAAAAAAA, high));
  }
  found.unsure = _cvtmask64_u64(_mm512_kunpackd(_mm512_kunpackw(unsure[3], unsure[2]),
                                                _mm512_kunpackw(unsure[1], unsure[0])));
  found.block = block;
}

template <std::size_t kStep>
SUAR_AVX512_INLINE void count(FoundSlots& found, uint32_t* counts) {
  found.settle();
  for (std::size_t part = 0; part < 8; ++part) count_eighth<kStep>(found, part, counts);
}

/// Adds whole blocks, up to a group that is not ordinary; returns how many.
template <std::size_t kStep>
SUAR_AVX512 std::size_t add_blocks(const float* values, std::size_t blocks, FloatTotals& sums,
                                   uint32_t* counts) {
  Totals totals;
  clear(totals);
  FoundSlots found[kGroup];
  for (FoundSlots& block : found) block.clear();
  std::size_t done = 0;
  while (done < blocks) {
    const std::size_t size = std::min(kGroup, blocks - done);
    GroupTotals group{_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), totals.min,
                      totals.max};
    for (std::size_t i = 0; i < size; ++i) {
      add_block<kStep>(values + (done + i) * kBlock, group, found[i], counts);
    }
    if (!is_ordinary(group)) {
      for (std::size_t i = 0; i < size; ++i) found[i].clear();
      break;
    }
    add_to(totals, group);
    done += size;
  }
  for (FoundSlots& block : found) count<kStep>(block, counts);
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
      const std::size_t strange = std::min(size - added, kStrange);
      add_floats_avx2(values + added, strange, totals, counts);
      added += strange;
    }
    values += added;
    size -= added;
  }
  add_floats_avx2(values, size, totals, counts);  // a processor with AVX-512 has AVX2
}

}  // namespace suar

#endif
