#include <cmath>
#include <memory>

#include <suar/tiles.h>

#include "find_images.h"
#include "routes.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;

// The tiles that were logged with the images: at their step, next to them in time.
std::shared_ptr<const TilesPoint> find_tiles(const Store& store, const std::string& run,
                                             const std::string& tag, const ImagePoint& images) {
  const auto passes = store.read([&](const Catalog& catalog) {
    const auto* entry = find_run(catalog, run).tiles().find(tiles_tag(tag));
    using Passes = decltype(entry->series.passes(0));
    return entry == nullptr ? Passes() : entry->series.passes(0);
  });
  const auto distance = [&](const TilesPoint& point) {
    return std::fabs(point.wall_time - images.wall_time);
  };
  std::shared_ptr<const TilesPoint> nearest;
  for (const auto& pass : passes) {
    for (const auto& point : pass.points) {
      if (point->step != images.step) continue;
      if (nearest == nullptr || distance(*point) < distance(*nearest)) nearest = point;
    }
  }
  return nearest;
}

const char* name_of(TileVerdict verdict) {
  switch (verdict) {
    case TileVerdict::right:
      return "right";
    case TileVerdict::wrong:
      return "wrong";
    default:
      return "not judged";
  }
}

}  // namespace

json tiles_route(const Store& store, const Parameters& parameters) {
  const auto images = find_images(store, parameters);
  const auto found =
      find_tiles(store, parameters.needed_text("run"), parameters.needed_text("tag"), *images);
  if (found == nullptr) return {{"tiles", nullptr}};
  const Tiles& tiles = found->tiles;
  json captions = json::array();
  for (const TileCaption& caption : tiles.captions) {
    captions.push_back({{"predicted", caption.predicted},
                        {"actual", caption.actual},
                        {"probability", caption.probability},
                        {"verdict", name_of(caption.verdict)}});
  }
  return {{"tiles",
           {{"width", tiles.width},
            {"height", tiles.height},
            {"border", tiles.border},
            {"columns", tiles.columns},
            {"captions", std::move(captions)}}}};
}

}  // namespace suar::dashboard
