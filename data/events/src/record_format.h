#pragma once

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

template <class Integer>
Integer load_little_endian(const char* bytes) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

template <class Integer>
void store_little_endian(char* bytes, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
  }
}

}  // namespace suar
