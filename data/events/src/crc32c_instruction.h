#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
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
#define SUAR_CRC32C_INSTRUCTION __attribute__((target("sse4.2")))
#elif defined(__aarch64__) && defined(__linux__)
#define SUAR_CRC32C_INSTRUCTION __attribute__((target("+crc")))
#else
#define SUAR_CRC32C_INSTRUCTION
#endif

namespace suar {

inline bool has_crc32c_instruction() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
#elif defined(__aarch64__) && defined(__linux__)
  static const bool has = (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
  return has;
#else
  return false;
#endif
}

/// `crc32c` for CPUs with the instruction.
SUAR_CRC32C_INSTRUCTION inline uint32_t crc32c_by_instruction(const char* bytes, std::size_t size) {
#if defined(__x86_64__)
  uint64_t crc = 0xffffffffu;
  for (const char* const rest = bytes + (size & ~std::size_t{7}); bytes != rest; bytes += 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    crc = _mm_crc32_u64(crc, word);
  }
  auto tail = static_cast<uint32_t>(crc);
  // Most records are so short that seven steps of a byte would count.
  if ((size & 4) != 0) {
    uint32_t word;
    std::memcpy(&word, bytes, 4);
    tail = _mm_crc32_u32(tail, word);
    bytes += 4;
  }
  if ((size & 2) != 0) {
    uint16_t word;
    std::memcpy(&word, bytes, 2);
    tail = _mm_crc32_u16(tail, word);
    bytes += 2;
  }
  if ((size & 1) != 0) tail = _mm_crc32_u8(tail, static_cast<unsigned char>(*bytes));
  return ~tail;
#elif defined(__aarch64__) && defined(__linux__)
  uint32_t crc = 0xffffffffu;
  for (; size >= 8; size -= 8, bytes += 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    crc = __crc32cd(crc, word);
  }
  for (; size > 0; --size, ++bytes) crc = __crc32cb(crc, static_cast<unsigned char>(*bytes));
  return ~crc;
#else
  return crc32c_portable(bytes, size);
#endif
}

}  // namespace suar
