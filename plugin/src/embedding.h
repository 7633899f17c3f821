#pragma once

#include <torch/types.h>

#include "projector_files.h"

namespace suar {

/// Points `[N, D]` with metadata of N rows (or none) and pictures `[N, C, H, H]` (or an undefined
/// tensor) for TensorBoard's Projector page. Throws `suar::Error` for other shapes, rows that are
/// not as long as the header, and pictures that together are more than 8192 pixels wide.
Projection make_projection(const torch::Tensor& points, EmbeddingMetadata metadata,
                           const torch::Tensor& pictures);

}  // namespace suar
