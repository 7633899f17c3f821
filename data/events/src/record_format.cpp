#include "record_format.h"

#include "crc32c.h"

namespace suar {

const std::array<uint32_t, kShortLengths> kShortLengthChecksums = [] {
  std::array<uint32_t, kShortLengths> checksums{};
  for (std::size_t length = 0; length < kShortLengths; ++length) {
    char bytes[sizeof(uint64_t)];
    store_little_endian<uint64_t>(bytes, length);
    checksums[length] = mask_crc(crc32c_portable(bytes, sizeof bytes));
  }
  return checksums;
}();

}  // namespace suar
