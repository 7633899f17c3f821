#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "buckets.h"
#include "find_run.h"
#include "parameter_curves.h"
#include "routes.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;
using Greatest = std::map<int64_t, double>;  // left edge of a bucket -> greatest finite value

const StatisticTag& read_statistic(const Parameters& parameters) {
  const auto name = parameters.text("statistic").value_or("gradient_norm");
  std::string names;
  for (const StatisticTag& statistic : statistic_tags()) {
    if (statistic.name == name) return statistic;
    names += (names.empty() ? "" : ", ") + std::string(statistic.name);
  }
  throw RequestError(400, "expected 'statistic' to be one of " + names + ", found something else");
}

bool counts_nonfinite(const StatisticTag& statistic) {
  return statistic.member == &ParameterStatistics::gradient_nonfinite ||
         statistic.member == &ParameterStatistics::weight_nonfinite;
}

// The greatest value of each bucket; NaN for a bucket with points but no finite value.
Greatest greatest(const ScalarView& points, int exponent) {
  Greatest greatest;
  points.for_each_from(0, [&](std::size_t, const ScalarPoint& point) {
    const auto edge = left_edge(point.step, exponent);
    const double value = std::isfinite(point.value) ? point.value : std::nan("");
    const auto [bucket, added] = greatest.try_emplace(edge, value);
    if (!added) bucket->second = std::fmax(bucket->second, value);
  });
  return greatest;
}

std::optional<std::pair<int64_t, int64_t>> step_extent(const ParameterCurves& curves) {
  std::optional<std::pair<int64_t, int64_t>> extent;
  for (const auto& curve : curves.curves) {
    const int64_t first = curve.points[0].step;
    const int64_t last = curve.points[curve.points.size() - 1].step;
    extent = extent ? std::pair(std::min(extent->first, first), std::max(extent->second, last))
                    : std::pair(first, last);
  }
  return extent;
}

}  // namespace

json gradients_route(const Store& store, const Parameters& parameters) {
  const auto run = parameters.needed_text("run");
  const StatisticTag& wanted = read_statistic(parameters);
  const std::size_t most = parameters.whole("buckets", 300, 1, 2000);
  uint64_t version = 0;
  const auto curves = store.read([&](const Catalog& catalog) {
    version = catalog.version;
    return parameter_curves(find_run(catalog, run));
  });

  // One grid for all statistics, so that it stays when the client goes from one to the other.
  const auto extent = step_extent(curves);
  const int exponent = extent ? width_exponent(extent->first, extent->second, most) : 0;
  std::vector<Greatest> values(curves.parameters.size());
  std::vector<Greatest> nonfinite(curves.parameters.size());
  std::set<int64_t> edges;
  std::set<const StatisticTag*> recorded;
  for (const auto& curve : curves.curves) {
    recorded.insert(curve.statistic);
    const bool is_wanted = curve.statistic == &wanted;
    if (!is_wanted && !counts_nonfinite(*curve.statistic)) continue;
    const Greatest of_curve = greatest(curve.points, exponent);
    for (const auto& [edge, value] : of_curve) {
      edges.insert(edge);
      if (counts_nonfinite(*curve.statistic) && value > 0)
        nonfinite[curve.parameter][edge] += value;
    }
    if (is_wanted) values[curve.parameter] = of_curve;
  }

  json statistics = json::array();
  for (const StatisticTag& statistic : statistic_tags()) {
    if (recorded.count(&statistic) > 0) statistics.push_back(statistic.name);
  }
  json value_rows = json::array();
  json nonfinite_rows = json::array();
  for (std::size_t p = 0; p < curves.parameters.size(); ++p) {
    json value_row = json::array();
    json nonfinite_row = json::array();
    for (const int64_t edge : edges) {
      const auto value = values[p].find(edge);
      value_row.push_back(value == values[p].end() ? json(nullptr) : json(value->second));
      const auto count = nonfinite[p].find(edge);
      nonfinite_row.push_back(count == nonfinite[p].end() ? 0 : count->second);
    }
    value_rows.push_back(std::move(value_row));
    nonfinite_rows.push_back(std::move(nonfinite_row));
  }
  return {{"version", version},
          {"statistic", wanted.name},
          {"statistics", std::move(statistics)},
          {"width", uint64_t{1} << exponent},
          {"x", edges},
          {"parameters", curves.parameters},
          {"values", std::move(value_rows)},
          {"nonfinite", std::move(nonfinite_rows)}};
}

}  // namespace suar::dashboard
