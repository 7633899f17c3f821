#include "embedding.h"

#include <string>
#include <utility>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "image_grid.h"
#include "tensor_form.h"

namespace suar {
namespace {

constexpr int64_t kLargestSprite = 8192;  // pixels a side: what the page can show

void check_metadata(const EmbeddingMetadata& metadata, int64_t points) {
  if (metadata.rows.empty() && metadata.header.empty()) return;
  if (metadata.rows.size() != static_cast<std::size_t>(points)) {
    throw Error("expected metadata of " + std::to_string(points) + " points, found " +
                std::to_string(metadata.rows.size()) + " rows");
  }
  const std::size_t columns = metadata.header.empty() ? 1 : metadata.header.size();
  for (const auto& row : metadata.rows) {
    if (row.size() != columns) {
      throw Error("expected rows of " + std::to_string(columns) +
                  " cells, as many as the header has, found one of " + std::to_string(row.size()));
    }
  }
}

/// A square sheet with the pictures in rows: the page counts a sheet's columns by its width and
/// wants it square.
std::string make_sprite(const at::Tensor& pictures) {
  const int64_t count = pictures.size(0), side = pictures.size(2);
  const int64_t columns = grid_columns(count);
  if (columns * side > kLargestSprite) {
    throw Error("expected pictures that fit on a sheet of 8192 x 8192 pixels, found " +
                std::to_string(count) + " of " + std::to_string(side) + " x " +
                std::to_string(side) + "; make them smaller");
  }
  at::Tensor sheet =
      at::zeros({pictures.size(1), columns * side, columns * side}, pictures.options());
  for (int64_t i = 0; i < count; ++i) {
    sheet.narrow(1, i / columns * side, side)
        .narrow(2, i % columns * side, side)
        .copy_(pictures[i]);
  }
  return encode_png(make_pixels(sheet));
}

}  // namespace

Projection make_projection(const torch::Tensor& points, EmbeddingMetadata metadata,
                           const torch::Tensor& pictures) {
  const at::Tensor plain = to_plain(points, "the embedding");
  if (plain.dim() != 2 || plain.numel() == 0 || plain.is_complex()) {
    throw Error("expected an embedding of shape [N, D], found " + describe(points));
  }
  check_metadata(metadata, plain.size(0));
  Projection projection;
  projection.dimensions = static_cast<std::size_t>(plain.size(1));
  const at::Tensor coordinates = plain.to(at::kFloat);
  const auto* first = coordinates.data_ptr<float>();
  projection.points.assign(first, first + coordinates.numel());
  projection.metadata = std::move(metadata);
  if (pictures.defined()) {
    const at::Tensor tiles = to_plain(pictures, "the pictures of the points");
    if (tiles.dim() != 4 || tiles.numel() == 0 || tiles.size(0) != plain.size(0) ||
        tiles.size(2) != tiles.size(3)) {
      throw Error("expected square pictures [N, C, H, H] of " + std::to_string(plain.size(0)) +
                  " points, found " + describe(pictures));
    }
    check_pictures(tiles, pictures);
    projection.sprite = make_sprite(tiles);
    projection.tile_height = projection.tile_width = tiles.size(2);
  }
  return projection;
}

}  // namespace suar
