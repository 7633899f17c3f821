#pragma once

#include <torch/types.h>

#include <suar/event.h>

namespace suar {

/// Videos `[N, T, C, H, W]`, C = 1 or 3, `uint8` or floating point in [0, 1], side by side in one
/// animated GIF. Throws `suar::Error` for other shapes and for a rate that is not above 0.
Image make_video(const torch::Tensor& videos, double frames_per_second);

}  // namespace suar
