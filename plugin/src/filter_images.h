#pragma once

#include <string>

#include <torch/types.h>

#include <suar/trained_model.h>

namespace suar {

/// The filters of a model's first convolution, which look at the picture itself.
struct Filters {
  std::string name;      ///< of the parameter
  torch::Tensor weight;  ///< `[filters, channels, height, width]`; undefined when there are none
};

/// The weight of the first `Conv2d` that looks at more than one pixel; where there is no `Conv2d`
/// (in TorchScript, whose modules do not tell what they are, or in a layer of the user's), the
/// first parameter of four dimensions that does and is no `ConvTranspose2d`'s. None where that
/// looks at other than 1, 3 or 4 channels.
Filters find_filters(const TrainedModel& model);

/// The first of the filters, as many as are drawn; where they are.
torch::Tensor drawn_filters(const torch::Tensor& weight);

/// The filters as pictures `[filters, channels, h, w]` in [0, 1], each stretched over the range, at
/// least 16 pixels wide. Values that are not finite are drawn as 0 is.
torch::Tensor draw_filters(const torch::Tensor& weight);

}  // namespace suar
