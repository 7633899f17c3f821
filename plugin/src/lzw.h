#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suar {

/// Compresses numbers below 2^`bits` (2 to 8) as GIF does: codes of `bits` + 1 to 12 bits, the
/// lowest first, in blocks of up to 255 bytes after their length, ended by an empty one.
std::string compress_lzw(const std::vector<uint8_t>& numbers, int bits);

}  // namespace suar
