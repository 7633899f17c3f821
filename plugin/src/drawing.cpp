#include "drawing.h"

#include <algorithm>
#include <cstddef>

namespace suar {

void fill_rectangle(Pixels& pixels, const Rectangle& rectangle, const Color& color) {
  const int right = std::min(rectangle.right, pixels.width);
  const int bottom = std::min(rectangle.bottom, pixels.height);
  for (int y = std::max(rectangle.top, 0); y < bottom; ++y) {
    for (int x = std::max(rectangle.left, 0); x < right; ++x) {
      uint8_t* pixel = pixels.bytes.data() +
                       (static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.width) +
                        static_cast<std::size_t>(x)) *
                           static_cast<std::size_t>(pixels.channels);
      std::copy(color.begin(), color.end(), pixel);
      if (pixels.channels == 4) pixel[3] = 255;
    }
  }
}

}  // namespace suar
