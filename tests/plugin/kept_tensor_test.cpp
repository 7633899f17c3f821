#include "kept_tensor.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace suar {
namespace {

KeptTensor keep(const torch::Tensor& tensor) {
  KeptTensor kept;
  kept.keep(tensor);
  return kept;
}

TEST(KeptTensor, HasTheElementsOfTheTensorAndSharesThem) {
  const auto matrix = torch::arange(24, torch::kDouble).reshape({4, 6});
  const auto view = matrix.t().narrow(0, 1, 3);
  const auto kept = keep(view).get();
  EXPECT_TRUE(kept.equal(view));
  EXPECT_EQ(kept.strides(), view.strides());
  EXPECT_EQ(kept.data_ptr(), view.data_ptr());
}

TEST(KeptTensor, CanBeOfACopyWhereTheMemoryIsNotTheTensors) {
  std::vector<float> memory{1, 2, 3, 4};
  const auto borrowed = torch::from_blob(memory.data(), {2, 2});
  EXPECT_FALSE(owns_memory(borrowed));
  EXPECT_FALSE(owns_memory(borrowed.t()));
  EXPECT_NE(with_own_memory(borrowed).data_ptr(), borrowed.data_ptr());
  EXPECT_TRUE(with_own_memory(borrowed).equal(borrowed));
  const auto with_deleter = torch::from_blob(memory.data(), {4}, [](void*) {});
  for (const auto& own : {with_deleter, torch::ones(3), torch::empty(0),
                          torch::ones(3).narrow(0, 1, 1), torch::eye(3).to_sparse()}) {
    EXPECT_TRUE(owns_memory(own)) << own;
    EXPECT_TRUE(with_own_memory(own).is_same(own));
  }
  EXPECT_FALSE(with_own_memory({}).defined());
}

TEST(KeptTensor, LetsTheGraphOfTheTensorGo) {
  auto output = torch::ones(3, torch::requires_grad()) * 2;
  const std::weak_ptr<torch::autograd::Node> graph = output.grad_fn();
  const KeptTensor kept = keep(output);
  output.reset();
  EXPECT_TRUE(graph.expired());
  EXPECT_FALSE(kept.get().requires_grad());
  EXPECT_TRUE(kept.get().equal(torch::full(3, 2.0)));
}

TEST(KeptTensor, KeepsWhatIsMoreThanElementsInMemory) {
  const auto dense = torch::eye(3);
  EXPECT_TRUE(keep(dense.to_sparse()).get().to_dense().equal(dense));
  const auto conjugate = torch::full(2, c10::complex<double>(1, 2)).conj();
  EXPECT_TRUE(keep(conjugate).get().equal(conjugate));
}

TEST(KeptTensor, ForgetsOneForAnother) {
  KeptTensor kept;
  EXPECT_FALSE(kept.get().defined());
  for (const auto& tensor :
       {torch::ones(2), torch::eye(2).to_sparse(), torch::zeros({2, 3}), torch::Tensor()}) {
    kept.keep(tensor);
    EXPECT_EQ(kept.get().defined(), tensor.defined());
    if (tensor.defined()) {
      EXPECT_EQ(kept.get().sizes(), tensor.sizes());
    }
  }
  kept.keep(torch::ones(2));
  kept.forget();
  EXPECT_FALSE(kept.get().defined());
}

}  // namespace
}  // namespace suar
