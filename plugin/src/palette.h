#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "png.h"

namespace suar {

/// A picture in at most 256 colours.
struct IndexedPixels {
  std::vector<std::array<uint8_t, 3>> colors;  ///< red, green, blue
  std::vector<uint8_t> indices;                ///< the colour of each pixel, in rows from the top
};

/// Picks the colours of a picture with 1 or 3 channels: its own where they are at most 256,
/// otherwise those that a median cut finds.
IndexedPixels pick_colors(const Pixels& pixels);

}  // namespace suar
