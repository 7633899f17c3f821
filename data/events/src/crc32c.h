#pragma once

#include <cstddef>
#include <cstdint>

namespace suar {

/// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720) of `size` bytes. Uses the CPU's
/// instruction where it has one.
uint32_t crc32c(const void* data, std::size_t size);

/// The same by table, for CPUs without the instruction.
uint32_t crc32c_portable(const void* data, std::size_t size);

constexpr uint32_t kInitialCrc = 0xffffffffu;  ///< of no bytes, before the final inversion

/// The checksum `crc`, before the final inversion, with `size` bytes appended.
uint32_t append_to_crc_portably(uint32_t crc, const void* data, std::size_t size);

/// Stands for the end of messages that is known beforehand but for their last four bytes, so that
/// the checksum of one needs no look at what is known: `crc32c_with_known_end` in
/// crc32c_instruction.h.
struct KnownEnd {
  uint32_t factor = 0;  ///< x^(8 n - 33) modulo the polynomial, reflected; n: size behind the begin
  uint32_t crc = 0;     ///< all that the known bytes and the two inversions add to the checksum
};

constexpr std::size_t kKnownEndBegin = 16;  ///< so many bytes stand at least before a known end

/// The end of messages whose last bytes, but for the last four of all, are `size` known ones; at
/// least four of them. `overlap` of these, the first ones, are among the first `kKnownEndBegin`
/// bytes of the message, the others right behind. The time that it takes grows with `size`.
KnownEnd make_known_end(const char* known, std::size_t size, std::size_t overlap);

/// The form in which record files store a checksum: rotated and shifted, so that the CRC of data
/// that holds CRCs stays meaningful.
constexpr uint32_t mask_crc(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

}  // namespace suar
