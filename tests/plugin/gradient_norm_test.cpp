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
  return std::get<double>(GradientNorm(parameters).compute().value());
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

TEST(GradientNorm, LeavesOutWhatAFrozenParameterIsLeftWith) {
  std::vector<torch::Tensor> both = {with_gradient(torch::full({4}, 2.0F)),
                                     with_gradient(torch::full({4}, 3.0F))};
  both[1].set_requires_grad(true);
  GradientNorm norm(both);
  const auto next = [&] {
    const double result = std::get<double>(norm.compute().value());
    norm.see_gradients();
    return result;
  };
  EXPECT_NEAR(next(), std::sqrt(16.0 + 36), 1e-6);
  EXPECT_NEAR(next(), 6, 1e-6) << "what is left is that of the step before";
  both[0].grad().mul_(0.5);
  EXPECT_NEAR(std::get<double>(norm.compute().value()), std::sqrt(4.0 + 36), 1e-6);
  EXPECT_NEAR(next(), std::sqrt(4.0 + 36), 1e-6) << "in one step it may be read again";
  EXPECT_NEAR(next(), 6, 1e-6);
  both[0].mutable_grad() = torch::full({4}, 1.0F);
  EXPECT_NEAR(next(), std::sqrt(4.0 + 36), 1e-6) << "another one, for example by hand";
}

TEST(GradientNorm, OfNoGradientIsNone) {
  EXPECT_FALSE(GradientNorm({torch::zeros({2})}).compute().has_value());
}

}  // namespace
}  // namespace suar
