#include "histogram_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "default_buckets.h"
#include "float_kernel.h"
#include "small_floats.h"

namespace suar {
namespace {

NumberStatistics empty_statistics() {
  NumberStatistics statistics;
  statistics.min = std::numeric_limits<double>::infinity();
  statistics.max = -std::numeric_limits<double>::infinity();
  statistics.buckets.assign(default_bucket_edges().size() + 1, 0);
  return statistics;
}

void finish(NumberStatistics& statistics) {
  if (statistics.finite == 0) statistics.min = statistics.max = 0;
}

/// Statistics of floats that come in pieces.
class FloatStatistics {
 public:
  FloatStatistics(std::size_t expected, const FloatKernel& kernel)
      : kernel_(kernel), counts_(expected), statistics_(empty_statistics()) {}

  void add(const float* values, std::size_t size) {
    while (size > 0) {
      const std::size_t piece = std::min(size, kFull - counted_);
      kernel_.add(values, piece, totals_, counts_);
      added_ += piece;
      counted_ += piece;
      values += piece;
      size -= piece;
      if (counted_ == kFull) {
        take_counts();
        counts_.clear();
        counted_ = 0;
      }
    }
  }

  NumberStatistics take() {
    take_counts();
    statistics_.nan = totals_.nan;
    statistics_.positive_infinity = totals_.positive_infinity;
    statistics_.negative_infinity = totals_.negative_infinity;
    statistics_.finite = added_ - statistics_.nonfinite();
    statistics_.min = static_cast<double>(totals_.min);
    statistics_.max = static_cast<double>(totals_.max);
    statistics_.sum = totals_.sum;
    statistics_.sum_squares = totals_.sum_squares;
    statistics_.sum_abs = totals_.sum_abs;
    finish(statistics_);
    return std::move(statistics_);
  }

 private:
  static constexpr std::size_t kFull = std::size_t{1} << 31;  // for counters of 32 bits

  void take_counts() {
    statistics_.zeros += counts_.zeros();
    counts_.add_to_buckets(statistics_.buckets, totals_.min, totals_.max);
  }

  const FloatKernel& kernel_;
  SlotCounts counts_;
  std::size_t counted_ = 0;  // since the counts were cleared
  std::size_t added_ = 0;
  FloatTotals totals_;
  NumberStatistics statistics_;
};

/// Converts in blocks that stay in the first-level cache.
template <class Small>
NumberStatistics compute_small_statistics(const Small* values, std::size_t size) {
  std::array<float, 2048> block;
  FloatStatistics statistics(size, float_kernels().front());
  for (std::size_t begin = 0; begin < size; begin += block.size()) {
    const std::size_t count = std::min(block.size(), size - begin);
    for (std::size_t i = 0; i < count; ++i) block[i] = to_float(values[begin + i]);
    statistics.add(block.data(), count);
  }
  return statistics.take();
}

/// The bucket of a double: that of the nearest float, or a neighbour where an edge lies between.
std::size_t find_bucket(double value, const std::vector<double>& edges) {
  const auto nearest = static_cast<float>(std::min(std::max(value, -1e30), 1e30));
  uint32_t bits;
  std::memcpy(&bits, &nearest, sizeof bits);
  const std::size_t bucket = BucketTable::instance().bucket_of(bits);
  if (bucket > 0 && value < edges[bucket - 1]) return bucket - 1;
  if (bucket < edges.size() && value >= edges[bucket]) return bucket + 1;
  return bucket;
}

}  // namespace

NumberStatistics compute_statistics(const float* values, std::size_t size) {
  return compute_statistics(values, size, float_kernels().front());
}

NumberStatistics compute_statistics(const float* values, std::size_t size,
                                    const FloatKernel& kernel) {
  FloatStatistics statistics(size, kernel);
  statistics.add(values, size);
  return statistics.take();
}

NumberStatistics compute_statistics(const Float16* values, std::size_t size) {
  return compute_small_statistics(values, size);
}

NumberStatistics compute_statistics(const BFloat16* values, std::size_t size) {
  return compute_small_statistics(values, size);
}

NumberStatistics compute_statistics(const double* values, std::size_t size) {
  const auto& edges = default_bucket_edges();
  NumberStatistics statistics = empty_statistics();
  for (std::size_t i = 0; i < size; ++i) {
    const double value = values[i];
    if (std::isnan(value)) {
      ++statistics.nan;
    } else if (std::isinf(value)) {
      ++(value > 0 ? statistics.positive_infinity : statistics.negative_infinity);
    } else {
      statistics.zeros += value == 0 ? 1 : 0;
      statistics.min = std::min(statistics.min, value);
      statistics.max = std::max(statistics.max, value);
      statistics.sum += value;
      statistics.sum_squares += value * value;
      statistics.sum_abs += std::fabs(value);
      ++statistics.buckets[find_bucket(value, edges)];
    }
  }
  statistics.finite = size - statistics.nonfinite();
  finish(statistics);
  return statistics;
}

void merge(NumberStatistics& statistics, const NumberStatistics& more) {
  if (more.finite > 0) {
    const bool first = statistics.finite == 0;
    statistics.min = first ? more.min : std::min(statistics.min, more.min);
    statistics.max = first ? more.max : std::max(statistics.max, more.max);
  }
  statistics.finite += more.finite;
  statistics.nan += more.nan;
  statistics.positive_infinity += more.positive_infinity;
  statistics.negative_infinity += more.negative_infinity;
  statistics.zeros += more.zeros;
  statistics.sum += more.sum;
  statistics.sum_squares += more.sum_squares;
  statistics.sum_abs += more.sum_abs;
  if (statistics.buckets.empty()) statistics.buckets.assign(more.buckets.size(), 0);
  for (std::size_t i = 0; i < more.buckets.size(); ++i) statistics.buckets[i] += more.buckets[i];
}

}  // namespace suar
