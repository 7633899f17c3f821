#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/pixel_range.h>

#include "png.h"

namespace suar {

/// The picture (see `make_pixels`) in colour, `rescale` times as large, with boxes `[N, 4]` (xmin,
/// ymin, xmax, ymax in pixels of the picture) drawn on it. `labels` has one for each box, or none.
/// Throws `suar::Error` for other tensors and numbers of labels.
Pixels make_pixels_with_boxes(const torch::Tensor& image, const torch::Tensor& boxes,
                              const std::vector<std::string>& labels, double rescale,
                              PixelRange range = {});

}  // namespace suar
