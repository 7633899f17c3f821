#include "gradient_norm.h"

#include <cmath>

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace suar {
namespace {

torch::Tensor with_gradient(const torch::Tensor& gradient) {
  auto parameter = torch::zeros({1}, gradient.options().layout(torch::kStrided));
  parameter.mutable_grad() = gradient;
  return parameter;
}

double norm_of(const std::vector<torch::Tensor>& gradients) {
  std::vector<torch::Tensor> parameters;
  for (const torch::Tensor& gradient : gradients) parameters.push_back(with_gradient(gradient));
  return std::get<double>(compute_gradient_norm(parameters).value());
}

TEST(GradientNorm, IsThatOfAllElementsOfEveryTypeAndLayout) {
  torch::manual_seed(1);
  const auto values = torch::randn({6, 5});
  const double expected = values.to(torch::kDouble).norm().item<double>();
  EXPECT_NEAR(norm_of({values}), expected, 1e-6 * expected);
  EXPECT_NEAR(norm_of({values.to(torch::kDouble)}), expected, 1e-12);
  EXPECT_NEAR(norm_of({values.t()}), expected, 1e-6 * expected);
  EXPECT_NEAR(norm_of({torch::complex(values, values)}), expected * std::sqrt(2.0),
              1e-6 * expected);
  for (const auto type : {torch::kHalf, torch::kBFloat16}) {
    const auto small = values.to(type);
    EXPECT_NEAR(norm_of({small}), small.to(torch::kDouble).norm().item<double>(), 1e-6 * expected);
  }
  EXPECT_NEAR(norm_of({values, values, values.to_sparse(), values.to_sparse_csr()}), 2 * expected,
              1e-6 * expected);
}

TEST(GradientNorm, OfASparseGradientTakesNoMemoryForWhatItDoesNotStore) {
  // Filled up, it would take petabytes. The rows of place 7 are one, of 3 and 4.
  const auto places = torch::tensor({int64_t{7}, int64_t{1} << 39, int64_t{7}}).unsqueeze(0);
  const auto rows = torch::tensor({1.0F, 2.0F, 3.0F}).unsqueeze(1).expand({3, 1024});
  const auto gradient =
      torch::sparse_coo_tensor(places, rows, {int64_t{1} << 40, 1024}, torch::kFloat);
  EXPECT_NEAR(norm_of({gradient}), 32 * std::sqrt(4.0 * 4 + 2 * 2), 1e-4);
}

TEST(GradientNorm, OfNoGradientIsNone) {
  EXPECT_FALSE(compute_gradient_norm({torch::zeros({2})}).has_value());
}

}  // namespace
}  // namespace suar
