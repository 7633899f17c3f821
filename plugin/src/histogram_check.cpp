#include "histogram_check.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <suar/error.h>

namespace suar {

void check_histogram(const Histogram& histogram) {
  const auto& limits = histogram.limits;
  const auto& counts = histogram.counts;
  if (limits.empty() || counts.size() != limits.size()) {
    throw Error("expected a histogram with buckets, and a count for each of their limits, found " +
                std::to_string(limits.size()) + " limits and " + std::to_string(counts.size()) +
                " counts");
  }
  const auto finite = [](double number) { return std::isfinite(number); };
  const double statistics[] = {histogram.min, histogram.max, histogram.count, histogram.sum,
                               histogram.sum_squares};
  if (!std::all_of(std::begin(statistics), std::end(statistics), finite) ||
      !std::all_of(limits.begin(), limits.end(), finite) ||
      !std::all_of(counts.begin(), counts.end(),
                   [&](double count) { return finite(count) && count >= 0; }) ||
      std::adjacent_find(limits.begin(), limits.end(), std::greater_equal<>()) != limits.end()) {
    throw Error(
        "expected a histogram of finite numbers, with limits that ascend and counts of at "
        "least 0");
  }
}

}  // namespace suar
