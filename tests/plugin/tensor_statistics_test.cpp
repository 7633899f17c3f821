#include "tensor_statistics.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace suar {
namespace {

TEST(TensorStatistics, AreThoseOfTheElementsForEveryType) {
  const auto values = torch::tensor({-2.0, 0.0, 1.0, 4.0});
  for (const auto type : {torch::kFloat, torch::kDouble, torch::kHalf, torch::kBFloat16,
                          torch::kInt, torch::kLong, torch::kShort, torch::kChar}) {
    const auto statistics = compute_statistics(values.to(type));
    EXPECT_EQ(statistics.finite, 4u) << type;
    EXPECT_EQ(statistics.min, -2);
    EXPECT_EQ(statistics.max, 4);
    EXPECT_EQ(statistics.sum, 3);
    EXPECT_EQ(statistics.sum_squares, 21);
    EXPECT_EQ(statistics.sum_abs, 7);
    EXPECT_EQ(statistics.zeros, 1u);
  }
  EXPECT_EQ(compute_statistics(torch::tensor({true, false, true})).sum, 2);
}

TEST(TensorStatistics, OfATensorThatIsNotContiguousAreThoseOfItsElements) {
  const auto values = torch::arange(12, torch::kFloat).reshape({3, 4});
  EXPECT_EQ(compute_statistics(values.t()).sum, 66);
  EXPECT_EQ(compute_statistics(values.slice(1, 0, 4, 2)).sum, 30);
  EXPECT_EQ(compute_statistics(values[0][0].expand({5})).finite, 5u);
}

TEST(TensorStatistics, OfComplexNumbersAreThoseOfTheirMagnitudes) {
  const auto values = torch::complex(torch::tensor({3.0}), torch::tensor({4.0}));
  EXPECT_EQ(compute_statistics(values).max, 5);
}

TEST(TensorStatistics, OfAViewThatNegatesAreThoseOfTheNegatedNumbers) {
  const auto values = torch::complex(torch::tensor({3.0F, 1.0F}), torch::tensor({4.0F, 2.0F}));
  EXPECT_EQ(compute_statistics(torch::imag(values.conj())).sum, -6);
}

TEST(TensorStatistics, OfASparseTensorCountTheZerosThatItDoesNotStore) {
  const auto dense = torch::tensor({{0.0f, 2.0f}, {0.0f, -1.0f}});
  const auto sparse = compute_statistics(dense.to_sparse());
  const auto expected = compute_statistics(dense);
  EXPECT_EQ(sparse.finite, 4u);
  EXPECT_EQ(sparse.zeros, 2u);
  EXPECT_EQ(sparse.min, -1);
  EXPECT_EQ(sparse.buckets, expected.buckets);
  EXPECT_EQ(compute_statistics(torch::zeros({2, 2}).to_sparse()).max, 0);
}

TEST(TensorStatistics, OfSparseTensorsOfAllLayoutsAreThoseOfTheFilledOnes) {
  torch::manual_seed(2);
  const auto dense = torch::randn({8, 12}) * torch::rand({8, 12}).gt(0.7);
  const auto expected = compute_statistics(dense);
  for (const auto& sparse : {dense.to_sparse(), dense.to_sparse(1), dense.to_sparse_csr(),
                             dense.to_sparse_csc(), dense.to_sparse_bsr({2, 3})}) {
    SCOPED_TRACE(sparse.layout());
    const auto found = compute_statistics(sparse);
    EXPECT_EQ(found.buckets, expected.buckets);
    EXPECT_EQ(found.zeros, expected.zeros);
    EXPECT_EQ(found.finite, expected.finite);
    EXPECT_NEAR(found.sum_squares, expected.sum_squares, 1e-6 * expected.sum_squares);
  }
}

TEST(TensorStatistics, OfASparseTensorAddUpWhatFallsOnOnePlace) {
  const auto places = torch::tensor({{1, 0, 1, 2, 1}, {0, 2, 0, 1, 2}}, torch::kLong);
  const auto values = torch::tensor({1.0F, 2.0F, 3.0F, -1.0F, 8.0F});
  const auto sparse = torch::sparse_coo_tensor(places, values, {3, 3});
  const auto found = compute_statistics(sparse), expected = compute_statistics(sparse.to_dense());
  EXPECT_EQ(found.buckets, expected.buckets);
  EXPECT_EQ(found.sum_squares, 4 * 4 + 2 * 2 + 1 + 8 * 8);
  EXPECT_EQ(found.zeros, 5u);
  const auto one_place =
      torch::sparse_coo_tensor(torch::zeros({1, 4}, torch::kLong), torch::ones({4}), {2});
  EXPECT_EQ(compute_statistics(one_place).max, 4);
  EXPECT_EQ(compute_statistics(one_place).finite, 2u);
}

TEST(TensorStatistics, OfALargeTensorAreTheSameToTheLastBitForAnyNumberOfThreads) {
  torch::manual_seed(1);
  const auto values = torch::randn({1'500'003});
  const int threads = at::get_num_threads();
  std::vector<NumberStatistics> found;
  for (const int count : {1, 2, 3}) {
    at::set_num_threads(count);
    found.push_back(compute_statistics(values));
  }
  at::set_num_threads(threads);
  const auto alone = compute_statistics(values.data_ptr<float>(), 1'500'003);
  for (const auto& statistics : found) {
    EXPECT_EQ(statistics.sum, found[0].sum);
    EXPECT_EQ(statistics.sum_squares, found[0].sum_squares);
    EXPECT_EQ(statistics.sum_abs, found[0].sum_abs);
    EXPECT_EQ(statistics.buckets, alone.buckets);
    EXPECT_EQ(statistics.finite, 1'500'003u);
    EXPECT_EQ(statistics.min, alone.min);
    EXPECT_EQ(statistics.max, alone.max);
    EXPECT_NEAR(statistics.sum, alone.sum, 1e-9 * alone.sum_abs);
  }
}

TEST(TensorStatistics, OfSmallFloatsAreThoseOfTheSameNumbersAsDoubles) {
  for (const auto type : {torch::kHalf, torch::kBFloat16}) {
    const auto values = torch::linspace(-3, 3, 10000).to(type);
    const auto statistics = compute_statistics(values);
    const auto wide = compute_statistics(values.to(torch::kDouble));
    EXPECT_EQ(statistics.buckets, wide.buckets) << type;
    EXPECT_NEAR(statistics.sum_squares, wide.sum_squares, 1e-7 * wide.sum_squares);
  }
}

TEST(TensorStatistics, OfAnEmptyTensorAreEmpty) {
  EXPECT_EQ(compute_statistics(torch::empty({0, 3})).finite, 0u);
}

}  // namespace
}  // namespace suar
