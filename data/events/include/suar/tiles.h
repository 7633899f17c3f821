#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <suar/event.h>

namespace suar {

/// Whether a model was right about a tile; by the numbers of the classes, since two may have one
/// name. Not judged is what belongs to none.
enum class TileVerdict { not_judged, right, wrong };

/// What a model said about one tile of an image grid.
struct TileCaption {
  std::string predicted;  ///< class
  std::string actual;     ///< class
  float probability = 0;  ///< of `predicted`, in [0, 1]; may be NaN
  TileVerdict verdict = TileVerdict::not_judged;
};

/// How an image grid is laid out, row by row, and what is in it. Sizes are in pixels.
struct Tiles {
  int32_t width = 0;    ///< of a tile
  int32_t height = 0;   ///< of a tile
  int32_t border = 0;   ///< around and between the tiles
  int32_t columns = 0;  ///< tiles in a row
  std::vector<TileCaption> captions;
};

/// The series that holds the tiles of the images under `tag`. It is to be logged before them.
std::string tiles_tag(const std::string& tag);

/// The tiles of the images under `tag`, for Suar's own dashboard: TensorBoard leaves them out.
Summary make_tiles_summary(const std::string& tag, const Tiles& tiles);

/// Empty when the summary holds no tiles, or senseless ones: sizes below 1, or more than 65536
/// tiles.
std::optional<Tiles> parse_tiles(const Summary& summary);

}  // namespace suar
