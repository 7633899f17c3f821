#include "crc32c.h"

#include <array>

#include "crc32c_instruction.h"

namespace suar {
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78u;

using SliceTables = std::array<std::array<uint32_t, 256>, 8>;

constexpr SliceTables make_tables() {
  SliceTables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < tables.size(); ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const uint32_t crc = tables[slice - 1][byte];
      tables[slice][byte] = (crc >> 8) ^ tables[0][crc & 0xff];
    }
  }
  return tables;
}

constexpr SliceTables kTables = make_tables();

}  // namespace

uint32_t append_to_crc_portably(uint32_t crc, const void* data, std::size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (; size >= 8; size -= 8, bytes += 8) {
    const uint32_t low = crc ^ (uint32_t{bytes[0]} | uint32_t{bytes[1]} << 8 |
                                uint32_t{bytes[2]} << 16 | uint32_t{bytes[3]} << 24);
    crc = kTables[7][low & 0xff] ^ kTables[6][low >> 8 & 0xff] ^ kTables[5][low >> 16 & 0xff] ^
          kTables[4][low >> 24] ^ kTables[3][bytes[4]] ^ kTables[2][bytes[5]] ^
          kTables[1][bytes[6]] ^ kTables[0][bytes[7]];
  }
  for (; size > 0; --size, ++bytes) crc = (crc >> 8) ^ kTables[0][(crc ^ *bytes) & 0xff];
  return crc;
}

uint32_t crc32c_portable(const void* data, std::size_t size) {
  return ~append_to_crc_portably(kInitialCrc, data, size);
}

KnownEnd make_known_end(const char* known, std::size_t size, std::size_t overlap) {
  constexpr std::size_t kUnknown = 4;
  constexpr char kZeros[kUnknown] = {};
  uint32_t power = 0x80000000u;  // x^0
  for (std::size_t i = 33; i < 8 * (size - overlap + kUnknown); ++i) {
    power = (power >> 1) ^ ((power & 1) != 0 ? kPolynomial : 0);
  }
  const auto crc_before_unknown = [&](const char* bytes, std::size_t count) {
    return append_to_crc_portably(append_to_crc_portably(0, bytes, count), kZeros, kUnknown);
  };
  // The last four are read again, in one word with the unknown ones.
  return {power, ~crc_before_unknown(known + overlap, size - overlap) ^
                     crc_before_unknown(known + size - kUnknown, kUnknown)};
}

uint32_t crc32c(const void* data, std::size_t size) {
  if (!has_crc32c_instruction()) return crc32c_portable(data, size);
  return crc32c_by_instruction(static_cast<const char*>(data), size);
}

}  // namespace suar
