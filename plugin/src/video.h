#pragma once

#include <torch/types.h>

#include <suar/event.h>
#include <suar/pixel_range.h>

namespace suar {

/// Videos `[N, T, C, H, W]`, C = 1 or 3, of a type as `to_bytes` takes it, side by side in one
/// animated GIF. Throws `suar::Error` for other shapes and for a rate that is not above 0.
Image make_video(const torch::Tensor& videos, double frames_per_second, PixelRange range = {});

}  // namespace suar
