#pragma once

#include <torch/types.h>

#include "histogram_kernel.h"

namespace suar {

/// Statistics of all elements of a tensor of any shape, type, layout and device; of a complex one,
/// of the magnitudes. Blocks until they are there; the tensor is read in place, by ATen's threads
/// where it is large, if it lies in memory without gaps as floating point.
NumberStatistics compute_statistics(const torch::Tensor& tensor);

}  // namespace suar
