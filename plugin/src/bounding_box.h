#pragma once

#include <string>

#include "drawing.h"

namespace suar {

/// Frames `box` in red, two pixels wide, with the label, if any, on a red plate in its lower left
/// corner. The picture has 3 or 4 channels; what lies outside of it is left out.
void draw_bounding_box(Pixels& pixels, const Rectangle& box, const std::string& label);

}  // namespace suar
