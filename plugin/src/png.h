#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suar {

/// Pixels in rows from the top, channels interleaved.
struct Pixels {
  int width = 0;
  int height = 0;
  int channels = 0;  ///< 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
  std::vector<uint8_t> bytes;
};

/// The bytes of a PNG, made for speed: a fast compression that suits images. Throws `suar::Error`
/// for a picture without pixels, or with fewer or more bytes than its size needs.
std::string encode_png(const Pixels& pixels);

}  // namespace suar
