#pragma once

#include <suar/event.h>

namespace suar {

/// Throws `suar::Error` unless the histogram has buckets, with finite limits that ascend and a
/// finite count of at least 0 each, and finite statistics.
void check_histogram(const Histogram& histogram);

}  // namespace suar
