#pragma once

#include <string>
#include <vector>

#include "png.h"

namespace suar {

/// The bytes of a GIF that shows the frames one after another, for ever. Frames have 1 or 3
/// channels, and all the same size; each is shown in up to 256 colours of its own. Browsers show at
/// most 50 frames a second. Throws `suar::Error` for other frames, and for no frames.
std::string encode_gif(const std::vector<Pixels>& frames, double frames_per_second);

}  // namespace suar
