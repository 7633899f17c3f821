#pragma once

#include <torch/types.h>

#include <suar/pr_curve.h>

namespace suar {

/// The curve of predictions in [0, 1] against labels 0 and 1, each element counted with its weight
/// (an undefined tensor: 1). All have the same number of elements. Throws `suar::Error` for others.
PrCurve compute_pr_curve(const torch::Tensor& labels, const torch::Tensor& predictions,
                         const torch::Tensor& weights, int64_t thresholds);

}  // namespace suar
