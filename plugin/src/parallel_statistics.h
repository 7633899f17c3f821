#pragma once

#include <torch/types.h>

#include "histogram_kernel.h"

namespace suar {

/// Statistics of a tensor without gaps in the processor's memory, of float, double, half or
/// bfloat16, read in place by ATen's threads where it is large. The same to the last bit for any
/// number of threads. Blocks until they are there.
NumberStatistics compute_statistics_in_parallel(const torch::Tensor& tensor);

}  // namespace suar
