#pragma once

#include <string>
#include <vector>

#include <suar/event.h>

namespace suar {

/// Precision and recall at thresholds that rise evenly from 0 to 1: each list has a value for every
/// threshold. A prediction is positive when it is at or above the threshold.
struct PrCurve {
  std::vector<float> true_positives;
  std::vector<float> false_positives;
  std::vector<float> true_negatives;
  std::vector<float> false_negatives;
  std::vector<float> precision;
  std::vector<float> recall;
};

/// The summary that TensorBoard's PR Curves page shows. Throws `suar::Error` when the lists are not
/// all of one length of at least 2.
Summary make_pr_curve_summary(const std::string& tag, const PrCurve& curve);

}  // namespace suar
