#include <algorithm>
#include <cmath>
#include <cstddef>

#include "points.h"

namespace suar::dashboard {

Histogram compact(Histogram histogram) {
  const std::size_t size = std::min(histogram.limits.size(), histogram.counts.size());
  std::vector<double> limits;
  std::vector<double> counts;
  for (std::size_t i = 0; i < size; ++i) {
    // The file is not ours: a count may be anything.
    const double count =
        std::isfinite(histogram.counts[i]) ? std::max(histogram.counts[i], 0.0) : 0;
    if (count == 0 && counts.empty()) continue;
    if (count == 0 && counts.back() == 0) {
      limits.back() = histogram.limits[i];
    } else {
      limits.push_back(histogram.limits[i]);
      counts.push_back(count);
    }
  }
  if (!counts.empty() && counts.back() == 0) {
    limits.pop_back();
    counts.pop_back();
  }
  if (!limits.empty() && !(limits.back() <= histogram.max)) limits.back() = histogram.max;
  limits.shrink_to_fit();
  counts.shrink_to_fit();
  histogram.limits = std::move(limits);
  histogram.counts = std::move(counts);
  return histogram;
}

}  // namespace suar::dashboard
