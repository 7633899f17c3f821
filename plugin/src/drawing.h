#pragma once

#include <array>
#include <cstdint>

#include "png.h"

namespace suar {

using Color = std::array<uint8_t, 3>;  ///< red, green, blue

/// The pixels from `left` and `top` up to, but not with, `right` and `bottom`.
struct Rectangle {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

/// Fills a rectangle of a picture with 3 or 4 channels, opaque; what lies outside is left out.
void fill_rectangle(Pixels& pixels, const Rectangle& rectangle, const Color& color);

}  // namespace suar
