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

/// The checksum, before the final inversion, of `size` bytes, 9 to 16 of them.
SUAR_CRC32C_INSTRUCTION inline uint32_t crc_of_two_words(const char* bytes, std::size_t size) {
#if defined(__x86_64__)
  // The second word ends with the bytes, the first one gives what is before it. Zeros before a
  // message change nothing, once the checksum before it is part of it.
  uint64_t first, second;
  std::memcpy(&first, bytes, sizeof first);
  std::memcpy(&second, bytes + size - sizeof second, sizeof second);
  const std::size_t bits = 8 * (size - sizeof second);
  const uint64_t crc = _mm_crc32_u64(0, (first ^ kInitialCrc) << (64 - bits));
  return static_cast<uint32_t>(_mm_crc32_u64(crc ^ (bits < 32 ? kInitialCrc >> bits : 0), second));
#else
  return append_to_crc(kInitialCrc, bytes, size);
#endif
}

/// The checksum `crc`, before the final inversion, with `bytes` appended that are known to be those
/// of `known`, and with the four behind them. Where the CPU can multiply polynomials, many take no
/// longer than few: to append is to multiply what is before by a power of x, and to add.
SUAR_CRC32C_INSTRUCTION inline uint32_t append_known_to_crc(uint32_t crc, const KnownBytes& known,
                                                            const char* bytes) {
#if defined(__x86_64__)
  uint32_t unknown;
  std::memcpy(&unknown, bytes + known.size, sizeof unknown);
  // The product of reflected numbers comes out times x. The instruction multiplies by x^32, and the
  // upper half of its word by no more, which is what the four bytes at the end need.
  const __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi32_si128(static_cast<int>(crc)),
                           _mm_cvtsi32_si128(static_cast<int>(known.factor)), 0);
  const auto word = static_cast<uint64_t>(_mm_cvtsi128_si64(product)) ^ uint64_t { unknown } << 32;
  return static_cast<uint32_t>(_mm_crc32_u64(0, word)) ^ known.crc;
#else
  return append_to_crc(crc, bytes, known.size + 4);
#endif
}

/// `crc32c` for CPUs with the instruction.
SUAR_CRC32C_INSTRUCTION inline uint32_t crc32c_by_instruction(const char* bytes, std::size_t size) {
  return ~append_to_crc(kInitialCrc, bytes, size);
}

}  // namespace suar
