#pragma once

#include <cstddef>
#include <cstdint>

namespace suar {

/// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720) of `size` bytes. Uses the CPU's
/// instruction where it has one.
uint32_t crc32c(const void* data, std::size_t size);

/// The same by table, for CPUs without the instruction.
uint32_t crc32c_portable(const void* data, std::size_t size);

/// The form in which record files store a checksum: rotated and shifted, so that the CRC of data
/// that holds CRCs stays meaningful.
constexpr uint32_t mask_crc(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

}  // namespace suar
