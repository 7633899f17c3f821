#pragma once

#include <vector>

namespace suar {

/// The edges of TensorBoard's default histogram buckets, ascending: -1e-12 * 1.1^k, 0, 1e-12
/// * 1.1^k for all k with 1e-12 * 1.1^k < 1e20, each multiplied up from the one before (as
/// TensorFlow and PyTorch do). Bucket i holds the values in [edges[i-1], edges[i]); bucket 0 those
/// below all edges, and bucket edges.size() those from the last edge on.
const std::vector<double>& default_bucket_edges();

}  // namespace suar
