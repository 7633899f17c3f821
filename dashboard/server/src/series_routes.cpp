#include <algorithm>
#include <utility>

#include "find_run.h"
#include "routes.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;

// The indices of at most `most` of the points in [first, end), evenly spaced, the last among them.
std::vector<std::size_t> spread(std::size_t first, std::size_t end, std::size_t most) {
  const std::size_t size = end - first;
  const std::size_t count = std::min(size, most);
  std::vector<std::size_t> indices;
  for (std::size_t i = 1; i <= count; ++i) {
    // With all of them wanted this is first + i - 1; with one, the last.
    indices.push_back(count == 1 ? end - 1 : first + (i - 1) * (size - 1) / (count - 1));
  }
  return indices;
}

json describe(const HistogramPoint& point) {
  const Histogram& histogram = point.histogram;
  return {{"step", point.step},
          {"wall_time", point.wall_time},
          {"min", histogram.min},
          {"max", histogram.max},
          {"count", histogram.count},
          {"sum", histogram.sum},
          {"sum_squares", histogram.sum_squares},
          {"limits", histogram.limits},
          {"counts", histogram.counts}};
}

// The answer about a series: what describe(points) says of the points that are shown or, when the
// client asks for them, of each pass. `table` gives the table of a run.
template <typename Table, typename Describe>
json answer(const Store& store, const Parameters& parameters, const char* kind, Table table,
            Describe describe) {
  const auto run = parameters.needed_text("run");
  const auto tag = parameters.needed_text("tag");
  const bool all_passes = parameters.all_passes();
  const auto take = [&](auto from) {
    return store.read([&](const Catalog& catalog) {
      const auto& entry = find_tag(table(find_run(catalog, run)), tag, run, kind, all_passes);
      return std::pair(catalog.version, from(entry.series));
    });
  };
  if (!all_passes) {
    const auto [version, points] = take([](const auto& series) { return series.view(); });
    json shown = describe(points);
    shown["version"] = version;
    return shown;
  }
  const auto [version, passes] = take([](const auto& series) { return series.passes(0); });
  json described = json::array();
  for (const auto& pass : passes) {
    json one = describe(pass.points);
    one["file"] = pass.file;
    one["pass"] = pass.number;
    described.push_back(std::move(one));
  }
  return {{"version", version}, {"passes", std::move(described)}};
}

}  // namespace

json histograms_route(const Store& store, const Parameters& parameters) {
  const auto range = step_range(parameters.number("from"), parameters.number("to"));
  const std::size_t most = parameters.whole("slices", 100, 1, 1000);
  const auto table = [](const Run& run) -> const auto& {
    return run.histograms();
  };
  return answer(store, parameters, "histogram", table, [&](const auto& points) -> json {
    const auto first = std::partition_point(
        points.begin(), points.end(), [&](const auto& point) { return point->step < range.first; });
    const auto end = std::partition_point(
        first, points.end(), [&](const auto& point) { return point->step <= range.last; });
    json slices = json::array();
    for (const std::size_t index : spread(static_cast<std::size_t>(first - points.begin()),
                                          static_cast<std::size_t>(end - points.begin()), most)) {
      slices.push_back(describe(*points[index]));
    }
    return {{"points", points.size()}, {"slices", std::move(slices)}};
  });
}

json images_route(const Store& store, const Parameters& parameters) {
  const auto table = [](const Run& run) -> const auto& {
    return run.images();
  };
  return answer(store, parameters, "image", table, [](const auto& points) -> json {
    json images = json::array();
    for (const auto& point : points) {
      for (std::size_t sample = 0; sample < point->samples.size(); ++sample) {
        images.push_back({{"id", point->id},
                          {"sample", sample},
                          {"step", point->step},
                          {"wall_time", point->wall_time},
                          {"width", point->samples[sample].width},
                          {"height", point->samples[sample].height}});
      }
    }
    return {{"images", std::move(images)}};
  });
}

json texts_route(const Store& store, const Parameters& parameters) {
  const auto table = [](const Run& run) -> const auto& {
    return run.texts();
  };
  return answer(store, parameters, "text", table, [](const auto& points) -> json {
    json texts = json::array();
    for (const auto& point : points) {
      texts.push_back(
          {{"step", point->step}, {"wall_time", point->wall_time}, {"text", point->markdown}});
    }
    return {{"texts", std::move(texts)}};
  });
}

}  // namespace suar::dashboard
