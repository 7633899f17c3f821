#pragma once

#include <optional>
#include <string>
#include <vector>

#include <suar/event.h>

namespace suar {

/// A batch of point clouds or triangle meshes.
struct Mesh {
  TensorValue vertices;               ///< float32 `[B, N, 3]`: x, y, z
  std::optional<TensorValue> faces;   ///< int32 `[B, M, 3]`: indices of three vertices
  std::optional<TensorValue> colors;  ///< uint8 `[B, N, 3]`: red, green, blue of each vertex
  std::string config = "{}";          ///< classes of three.js and their settings, in JSON
};

/// The summaries that TensorBoard's Mesh page shows as one mesh, each under a tag of its own.
/// Throws `suar::Error` when a tensor is of another type or form, or a face has an index that no
/// vertex has.
std::vector<Summary> make_mesh_summaries(const std::string& tag, Mesh mesh);

}  // namespace suar
