#pragma once

#include <cstdint>

#include <torch/types.h>

#include "histogram_kernel.h"

namespace suar {

/// Computes the statistics and bucket counts of all elements of a tensor where it lies: as a
/// one-dimensional tensor of `widest_type` there, for `read_device_statistics`. Only puts work into
/// the device's queue and waits for nothing; meanwhile it takes some times the tensor's memory
/// there. The tensor has elements.
torch::Tensor compute_device_statistics(const torch::Tensor& tensor);

/// The statistics that `numbers`, fetched from the device, stand for; of `size` elements.
NumberStatistics read_device_statistics(const double* numbers, uint64_t size);

}  // namespace suar
