#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <suar/embedding_metadata.h>

namespace suar {

/// Points for TensorBoard's Projector page.
struct Projection {
  std::string tag;
  int64_t step = 0;
  std::size_t dimensions = 0;
  std::vector<float> points;  ///< the coordinates of one point after another
  EmbeddingMetadata metadata;
  std::string sprite;       ///< PNG with the pictures of the points in rows, or empty
  int64_t tile_height = 0;  ///< of a picture in the sprite
  int64_t tile_width = 0;
};

/// Writes `<step>/<tag>/tensors.tsv`, metadata.tsv and sprite.png into the directory of a run, and
/// lists them in its projector_config.pbtxt. The files of the same tag and step are replaced.
/// Blocks for the disk. Throws `std::runtime_error` when that fails.
void write_projection(const std::filesystem::path& run_directory, const Projection& projection);

}  // namespace suar
