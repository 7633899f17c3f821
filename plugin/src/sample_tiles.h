#pragma once

#include <cstdint>
#include <optional>

#include <torch/types.h>

#include <suar/pixel_range.h>

namespace suar {

/// How many of the first samples of `input`, a batch of any shape, are drawn: `most` at most, of
/// large pictures fewer, so that all have no more than 2^22 pixels together, and at least one.
int64_t count_tiles(const torch::Tensor& input, int64_t most);

/// Draws the first `count` samples of `input` as `uint8` `[count, C, h, w]`, where they lie. One
/// that has more than 2^22 pixels by itself shows every second (third...) row and column.
///
/// Pictures are `[N, C, H, W]` of 1 to 4 channels, and `[N, H, W]` where a `range` is stated, of
/// floating point, `uint8` or `bool`, not empty. Floating point is drawn in `range`; without one
/// stretched over the finite numbers of those drawn together, since networks are fed normalised
/// pixels. Undefined when nobody would take the input for pictures; throws `suar::Error` when it
/// only seems to be some. Waits for no accelerator.
torch::Tensor draw_tiles(const torch::Tensor& input, int64_t count,
                         const std::optional<PixelRange>& range);

}  // namespace suar
