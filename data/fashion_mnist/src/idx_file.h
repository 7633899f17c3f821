#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace suar {

/// An array of bytes as the IDX format holds it.
struct IdxArray {
  std::vector<int64_t> sizes;
  std::vector<uint8_t> bytes;  ///< the last size runs fastest
};

/// Reads a gzipped (or plain) IDX file of unsigned bytes whose sizes are `expected_sizes`. Throws
/// `suar::Error` when the file is missing, cut short, damaged, too long or of another kind.
///
/// The format: two zero bytes, the type (8: unsigned byte), the number of dimensions, each size as
/// a big-endian 32-bit integer, the data.
IdxArray read_idx_file(const std::filesystem::path& path,
                       const std::vector<int64_t>& expected_sizes);

}  // namespace suar
