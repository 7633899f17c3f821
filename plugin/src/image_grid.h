#pragma once

#include <torch/types.h>

#include "png.h"

namespace suar {

/// The pixels of `[C, H, W]` or `[H, W]`: `uint8`, `bool`, or floating point in [0, 1]. Throws
/// `suar::Error` for other shapes, types and numbers of channels.
Pixels make_pixels(const torch::Tensor& image);

/// Lays `[N, C, H, W]` out as one `[C, H', W']`, in rows of `columns` tiles (0: about square) with
/// a border of 2 pixels. Throws `suar::Error` for other shapes.
torch::Tensor make_image_grid(const torch::Tensor& images, int64_t columns = 0);

}  // namespace suar
