#pragma once

#include <string>

#include <torch/types.h>

#include <suar/mesh.h>

namespace suar {

/// A mesh of vertices `[B, N, 3]` (any real type), and of colours `[B, N, 3]` (from 0 to 255; any
/// real type, rounded) and faces `[B, M, 3]` (integers) where these are defined. Throws
/// `suar::Error` for tensors of other types; see also `make_mesh_summaries`.
Mesh make_mesh(const torch::Tensor& vertices, const torch::Tensor& colors,
               const torch::Tensor& faces, const std::string& config);

}  // namespace suar
