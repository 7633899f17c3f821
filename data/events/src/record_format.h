#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// A record file (TFRecord) is a sequence of
//
//   uint64  length of the data, little-endian
//   uint32  masked CRC-32C of those 8 bytes
//   byte[]  data
//   uint32  masked CRC-32C of the data
//
// docs: data/events/FORMAT.md

namespace suar {

constexpr std::size_t kRecordHeaderSize = 12;
constexpr std::size_t kRecordFooterSize = 4;

/// No event is larger: a length above it is damage, even if its checksum is right.
constexpr uint64_t kLargestRecord = uint64_t{1} << 30;

/// Most records are shorter.
constexpr std::size_t kShortLengths = 256;

/// The masked checksums of the lengths below `kShortLengths`, as they stand in a header.
extern const std::array<uint32_t, kShortLengths> kShortLengthChecksums;

template <class Integer>
Integer load_little_endian(const char* bytes) {
  Integer value = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  std::memcpy(&value, bytes, sizeof value);
#else
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
#endif
  return value;
}

template <class Integer>
void store_little_endian(char* bytes, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
  }
}

}  // namespace suar
