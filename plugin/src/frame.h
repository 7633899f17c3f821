#pragma once

#include <torch/types.h>

namespace suar {

/// The tiles `[N, C, H, W]` in colour, with a red frame around those for which `marked` `[N]` is
/// true. The frame covers the outermost pixels, at least 1 wide. Grey tiles become RGB; `uint8` in
/// [0, 255] or floating point in [0, 1].
torch::Tensor frame_tiles(const torch::Tensor& tiles, const torch::Tensor& marked);

}  // namespace suar
