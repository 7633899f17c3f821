#include "default_buckets.h"
#include "histogram_kernel.h"

namespace suar {

// Between its outermost values a tensor leaves most of the 1550 buckets empty, and the file would
// be some kilobytes greater for each histogram. A run of empty buckets becomes a single one, which
// changes nothing that TensorBoard draws: it spreads the count of each bucket over bins of its own,
// and nothing spread over any width is nothing; and it reads percentiles between the edges of the
// buckets that hold something, which stay where they are.
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
