#include "precision_recall.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/error.h>

namespace suar {
namespace {

TEST(ComputePrCurve, CountsAsANaiveCountDoes) {
  torch::manual_seed(3);
  const auto labels = torch::randint(2, {40, 25});
  const auto predictions = torch::rand({1000}, torch::kDouble);
  const auto weights = torch::randint(5, {1000}, torch::kDouble);
  const int64_t thresholds = 51;
  const PrCurve curve = compute_pr_curve(labels, predictions, weights, thresholds);
  for (int64_t i = 0; i < thresholds; ++i) {
    const auto positive = predictions.ge(static_cast<double>(i) / (thresholds - 1));
    const auto truth = labels.flatten().to(torch::kBool);
    const auto sum = [&](const torch::Tensor& which) {
      return weights.masked_select(which).sum().item<float>();
    };
    const auto place = static_cast<std::size_t>(i);
    EXPECT_EQ(curve.true_positives[place], sum(positive & truth));
    EXPECT_EQ(curve.false_positives[place], sum(positive & ~truth));
    EXPECT_EQ(curve.true_negatives[place], sum(~positive & ~truth));
    EXPECT_EQ(curve.false_negatives[place], sum(~positive & truth));
    const float found = std::max(sum(positive), 1e-7f);
    EXPECT_FLOAT_EQ(curve.precision[place], sum(positive & truth) / found);
    EXPECT_FLOAT_EQ(curve.recall[place], sum(positive & truth) / sum(truth));
  }
}

TEST(ComputePrCurve, CountsWhatLiesOnAThresholdAsReachingIt) {
  const auto predictions = torch::arange(11).to(torch::kFloat) / 10;  // 0.7F is less than 0.7
  const PrCurve curve = compute_pr_curve(torch::ones({11}), predictions, {}, /*thresholds=*/11);
  EXPECT_EQ(curve.true_positives, (std::vector<float>{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
}

TEST(ComputePrCurve, CountsTheEndsOfTheRange) {
  const PrCurve curve = compute_pr_curve(torch::tensor({1, 1}), torch::tensor({0.0f, 1.0f}), {}, 2);
  EXPECT_EQ(curve.true_positives, (std::vector<float>{2, 1}));
}

TEST(ComputePrCurve, DividesNothingByZero) {
  const PrCurve curve = compute_pr_curve(torch::zeros({1}), torch::zeros({1}), {}, 2);
  EXPECT_EQ(curve.precision, (std::vector<float>{0, 0}));
  EXPECT_EQ(curve.recall, (std::vector<float>{0, 0}));
}

TEST(ComputePrCurve, RefusesOtherNumbers) {
  const auto labels = torch::tensor({0, 1}), ones = torch::ones({2});
  EXPECT_THROW(compute_pr_curve(labels * 2, ones, {}, 5), Error);
  EXPECT_THROW(compute_pr_curve(labels, ones * 1.5, {}, 5), Error);
  EXPECT_THROW(compute_pr_curve(labels, ones * NAN, {}, 5), Error);
  EXPECT_THROW(compute_pr_curve(labels, ones, -ones, 5), Error);
  EXPECT_THROW(compute_pr_curve(labels, torch::ones({3}), {}, 5), Error);
  EXPECT_THROW(compute_pr_curve(labels, ones, torch::ones({3}), 5), Error);
  EXPECT_THROW(compute_pr_curve(torch::ones({0}), torch::ones({0}), {}, 5), Error);
  EXPECT_THROW(compute_pr_curve(labels, ones, {}, 1), Error);
  EXPECT_THROW(compute_pr_curve({}, ones, {}, 5), Error);
}

}  // namespace
}  // namespace suar
