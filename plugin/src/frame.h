#pragma once

#include <vector>

#include <torch/types.h>

namespace suar {

/// The tiles `[N, C, H, W]`, grey or in colour, with or without alpha, in colour with a red frame
/// around those that are marked. The frame covers the outermost pixels, at least 1 wide, of which
/// one sees nothing else. `uint8` in [0, 255] or floating point in [0, 1].
torch::Tensor frame_tiles(const torch::Tensor& tiles, const std::vector<bool>& marked);

}  // namespace suar
