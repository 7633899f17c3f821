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

/// Stands for bytes that are known beforehand and four behind them that are not, so that all can be
/// appended to what a checksum is of without looking at the known ones again:
/// `append_known_to_crc` in crc32c_instruction.h.
struct KnownBytes {
  std::size_t size = 0;  ///< of what is known
  uint32_t factor = 0;   ///< x^(8 (size + 4) - 33) modulo the polynomial, reflected
  uint32_t crc = 0;      ///< of the bytes and four zeros, with neither initial nor final inversion
};

/// `size` is 1 at least; the time that it takes grows with it.
KnownBytes make_known_bytes(const void* data, std::size_t size);

/// The form in which record files store a checksum: rotated and shifted, so that the CRC of data
/// that holds CRCs stays meaningful.
constexpr uint32_t mask_crc(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

}  // namespace suar
