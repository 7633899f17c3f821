#include "default_buckets.h"
#include "histogram_kernel.h"

namespace suar {

Histogram make_histogram(const NumberStatistics& statistics) {
  Histogram histogram;
  histogram.min = statistics.min;
  histogram.max = statistics.max;
  histogram.count = static_cast<double>(statistics.finite);
  histogram.sum = statistics.sum;
  histogram.sum_squares = statistics.sum_squares;
  const auto& edges = default_bucket_edges();
  bool after_empty = true;
  for (std::size_t i = 0; i < statistics.buckets.size(); ++i) {
    const bool empty = statistics.buckets[i] == 0;
    if (!empty) {
      // A bucket begins where the one before it ends, so the run of empty ones before it needs one.
      if (after_empty) {
        const double left = histogram.limits.empty() ? statistics.min : edges[i - 1];
        histogram.limits.push_back(left);
        histogram.counts.push_back(0);
      }
      histogram.limits.push_back(i < edges.size() ? edges[i] : statistics.max);
      histogram.counts.push_back(static_cast<double>(statistics.buckets[i]));
    }
    after_empty = empty;
  }
  const std::size_t size = histogram.limits.size();
  if (size >= 2 && statistics.max > histogram.limits[size - 2]) {
    histogram.limits.back() = statistics.max;
  }
  return histogram;
}

}  // namespace suar
