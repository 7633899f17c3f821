#include "precision_recall.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "tensor_form.h"

namespace suar {
namespace {

/// What TensorBoard divides by at least.
constexpr double kLeastCount = 1e-7;

at::Tensor to_doubles(const torch::Tensor& tensor, const char* what) {
  const at::Tensor plain = to_plain(tensor, what);
  if (plain.is_complex()) {
    throw Error(std::string("expected real numbers for ") + what + ", found " + describe(tensor));
  }
  return plain.to(at::kDouble).flatten();
}

struct Counts {
  double positive = 0;
  double negative = 0;
};

/// What lies between each threshold and the next one. A prediction that was a float is placed by
/// the arithmetic of floats: 0.7F is a little less than 0.7, but meant to reach it.
std::vector<Counts> count_between(const at::Tensor& labels, const at::Tensor& predictions,
                                  bool are_floats, const at::Tensor& weights, int64_t thresholds) {
  std::vector<Counts> counts(static_cast<std::size_t>(thresholds));
  const auto last = static_cast<double>(thresholds - 1);
  const auto* label = labels.data_ptr<double>();
  const auto* prediction = predictions.data_ptr<double>();
  const auto* weight = weights.data_ptr<double>();
  for (int64_t i = 0; i < labels.numel(); ++i) {
    if ((label[i] != 0 && label[i] != 1) || !(prediction[i] >= 0 && prediction[i] <= 1) ||
        !(weight[i] >= 0)) {
      throw Error(
          "expected labels 0 or 1, predictions in [0, 1] and weights of at least 0, found " +
          std::to_string(label[i]) + ", " + std::to_string(prediction[i]) + " and " +
          std::to_string(weight[i]));
    }
    const double place = are_floats
                             ? double{static_cast<float>(prediction[i]) * static_cast<float>(last)}
                             : prediction[i] * last;
    auto& count = counts[static_cast<std::size_t>(std::min(place, last))];
    (label[i] == 1 ? count.positive : count.negative) += weight[i];
  }
  return counts;
}

}  // namespace

PrCurve compute_pr_curve(const torch::Tensor& labels, const torch::Tensor& predictions,
                         const torch::Tensor& weights, int64_t thresholds) {
  const at::Tensor truth = to_doubles(labels, "the labels");
  const at::Tensor guesses = to_doubles(predictions, "the predictions");
  const at::Tensor each =
      weights.defined() ? to_doubles(weights, "the weights") : at::ones_like(truth);
  if (truth.numel() == 0 || guesses.numel() != truth.numel() || each.numel() != truth.numel() ||
      thresholds < 2) {
    throw Error(
        "expected as many predictions (and weights) as labels, at least one, and at least "
        "2 thresholds, found " +
        std::to_string(truth.numel()) + " labels, " + std::to_string(guesses.numel()) +
        " predictions, " + std::to_string(each.numel()) + " weights and " +
        std::to_string(thresholds) + " thresholds");
  }
  const auto counts =
      count_between(truth, guesses, predictions.scalar_type() != at::kDouble, each, thresholds);
  Counts all;
  for (const Counts& count : counts) {
    all.positive += count.positive;
    all.negative += count.negative;
  }
  PrCurve curve;
  for (auto* row : {&curve.true_positives, &curve.false_positives, &curve.true_negatives,
                    &curve.false_negatives, &curve.precision, &curve.recall}) {
    row->resize(counts.size());
  }
  Counts above;  // the threshold, or on it
  for (std::size_t i = counts.size(); i-- > 0;) {
    above.positive += counts[i].positive;
    above.negative += counts[i].negative;
    curve.true_positives[i] = static_cast<float>(above.positive);
    curve.false_positives[i] = static_cast<float>(above.negative);
    curve.true_negatives[i] = static_cast<float>(all.negative - above.negative);
    curve.false_negatives[i] = static_cast<float>(all.positive - above.positive);
    curve.precision[i] =
        static_cast<float>(above.positive / std::max(kLeastCount, above.positive + above.negative));
    curve.recall[i] = static_cast<float>(above.positive / std::max(kLeastCount, all.positive));
  }
  return curve;
}

}  // namespace suar
