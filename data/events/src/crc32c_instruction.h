#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include "crc32c.h"

// The CPU's own instruction for CRC-32C, inline for loops in which a call would count. Only code
// that has asked `has_crc32c_instruction` may use it, in functions marked with
// `SUAR_CRC32C_INSTRUCTION`.

#if defined(__x86_64__)
#define SUAR_CRC32C_INSTRUCTION __attribute__((target("sse4.2,pclmul")))
#elif defined(__aarch64__) && defined(__linux__)
#define SUAR_CRC32C_INSTRUCTION __attribute__((target("+crc")))
#else
#define SUAR_CRC32C_INSTRUCTION
#endif

namespace suar {

inline bool has_crc32c_instruction() {
#if defined(__x86_64__)
  static const bool has =
      __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("pclmul") != 0;
  return has;
#elif defined(__aarch64__) && defined(__linux__)
  static const bool has = (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
  return has;
#else
  return false;
#endif
}

/// The checksum `crc`, before the final inversion, with `size` bytes appended.
SUAR_CRC32C_INSTRUCTION inline uint32_t append_to_crc(uint32_t crc, const char* bytes,
                                                      std::size_t size) {
#if defined(__x86_64__)
  uint64_t wide = crc;
  for (const char* const rest = bytes + (size & ~std::size_t{7}); bytes != rest; bytes += 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  crc = static_cast<uint32_t>(wide);
  // Most records are so short that seven steps of a byte would count.
  if ((size & 4) != 0) {
    uint32_t word;
    std::memcpy(&word, bytes, 4);
    crc = _mm_crc32_u32(crc, word);
    bytes += 4;
  }
  if ((size & 2) != 0) {
    uint16_t word;
    std::memcpy(&word, bytes, 2);
    crc = _mm_crc32_u16(crc, word);
    bytes += 2;
  }
  if ((size & 1) != 0) crc = _mm_crc32_u8(crc, static_cast<unsigned char>(*bytes));
  return crc;
#elif defined(__aarch64__) && defined(__linux__)
  for (; size >= 8; size -= 8, bytes += 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    crc = __crc32cd(crc, word);
  }
  for (; size > 0; --size, ++bytes) crc = __crc32cb(crc, static_cast<unsigned char>(*bytes));
  return crc;
#else
  return append_to_crc_portably(crc, bytes, size);
#endif
}

/// `crc32c` for CPUs with the instruction.
SUAR_CRC32C_INSTRUCTION inline uint32_t crc32c_by_instruction(const char* bytes, std::size_t size) {
  return ~append_to_crc(kInitialCrc, bytes, size);
}

/// The same of a message that has the end `known`. Where the CPU can multiply polynomials, a long
/// end takes no longer than a short one: to append is to multiply what is before by a power of x,
/// and to add.
SUAR_CRC32C_INSTRUCTION inline uint32_t crc32c_with_known_end(const char* bytes, std::size_t size,
                                                              const KnownEnd& known) {
#if defined(__x86_64__)
  uint64_t first, second, last;
  static_assert(sizeof first + sizeof second == kKnownEndBegin);
  std::memcpy(&first, bytes, sizeof first);
  std::memcpy(&second, bytes + sizeof first, sizeof second);
  std::memcpy(&last, bytes + size - sizeof last, sizeof last);
  const uint64_t crc = _mm_crc32_u64(_mm_crc32_u64(kInitialCrc, first), second);
  // The product of reflected numbers comes out times x. The instruction below multiplies by x^32,
  // and the upper half of its word by no more, which is what the four unknown bytes need.
  const __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<int64_t>(crc)),
                           _mm_cvtsi32_si128(static_cast<int>(known.factor)), 0);
  const auto sum = static_cast<uint64_t>(_mm_cvtsi128_si64(product)) ^ last;
  return static_cast<uint32_t>(_mm_crc32_u64(0, sum)) ^ known.crc;
#else
  (void)known;
  return crc32c_by_instruction(bytes, size);
#endif
}

}  // namespace suar
