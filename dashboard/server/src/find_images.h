#pragma once

#include <cstdint>
#include <memory>

#include "find_run.h"
#include "parameters.h"
#include "points.h"

namespace suar::dashboard {

/// The images that the parameters `run`, `tag` and `id` name, be they shown or superseded; throws
/// `RequestError` when there are none.
inline std::shared_ptr<const ImagePoint> find_images(const Store& store,
                                                     const Parameters& parameters) {
  const auto run = parameters.needed_text("run");
  const auto tag = parameters.needed_text("tag");
  if (!parameters.has("id")) parameters.needed_text("id");
  const uint64_t id = parameters.whole("id", 0, 0, UINT64_MAX);
  const auto passes = store.read([&](const Catalog& catalog) {
    return find_tag(find_run(catalog, run).images(), tag, run, "image", true).series.passes(0);
  });
  for (const auto& pass : passes) {
    for (const auto& point : pass.points) {
      if (point->id == id) return point;
    }
  }
  throw RequestError(404,
                     "the run \"" + run + "\" has no image with this 'id' under \"" + tag + "\"");
}

}  // namespace suar::dashboard
