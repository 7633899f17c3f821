#pragma once

#include <torch/types.h>

#include <suar/pixel_range.h>

#include "png.h"

namespace suar {

/// Throws `suar::Error` when it is none: see pixel_range.h.
void check_range(PixelRange range);

/// The values of pixels, `uint8`, `bool` or floating point in `range`, as `uint8` where they are.
/// Throws `suar::Error` for other types and a wrong range.
torch::Tensor to_bytes(const torch::Tensor& pixels, PixelRange range = {});

/// Throws `suar::Error` unless `pictures` are `[N, C, H, W]` or `[C, H, W]`, with 1 to 4 channels,
/// not empty, and of a type as `to_bytes` takes it. The message tells of `given`, the tensor that
/// the user knows.
void check_pictures(const torch::Tensor& pictures, const torch::Tensor& given);

/// The pixels of `[C, H, W]` or `[H, W]`, of a type as `to_bytes` takes it. Throws `suar::Error`
/// for other shapes, types and numbers of channels.
Pixels make_pixels(const torch::Tensor& image, PixelRange range = {});

constexpr int64_t kGridBorder = 2;  ///< around and between the tiles of a grid, in pixels

/// The columns of a grid of `count` tiles that is about square.
int64_t grid_columns(int64_t count);

/// Lays `[N, C, H, W]` out as one `[C, H', W']`, in rows of `columns` tiles (0: about square) with
/// borders. Throws `suar::Error` for other shapes.
torch::Tensor make_image_grid(const torch::Tensor& images, int64_t columns = 0);

}  // namespace suar
