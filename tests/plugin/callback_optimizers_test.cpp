// The callback with optimizers of every kind.

#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "training.h"

namespace suar {
namespace {

using testing::SmallNet;
using Steps = std::vector<int64_t>;

template <class Optimizer>
class CallbackOptimizers : public testing::Training {};
using AllOptimizers =
    ::testing::Types<torch::optim::SGD, torch::optim::Adam, torch::optim::AdamW,
                     torch::optim::Adagrad, torch::optim::RMSprop, torch::optim::LBFGS>;
TYPED_TEST_SUITE(CallbackOptimizers, AllOptimizers);

TYPED_TEST(CallbackOptimizers, OfLibTorchTellTheirLearningRateAndWhatTheyChange) {
  SmallNet net;
  TypeParam optimizer(net->parameters(), 0.125);
  const auto before = net->fc->weight.detach().clone();
  {
    TrainingCallback callback(*net, optimizer, this->options());
    Batch batch;
    optimizer.step([&] {
      optimizer.zero_grad();
      batch = this->forward_and_backward(net);
      return batch.loss;
    });
    callback.on_batch_end(batch);
  }
  const double change = (net->fc->weight - before).norm().template item<double>();
  EXPECT_EQ(this->last_number("LearningRate"), 0.125);
  EXPECT_GT(change, 0);
  EXPECT_NEAR(this->last_number("UpdateNorm/fc.weight"), change, 1e-5 * change);
}

class SeveralOptimizers : public testing::Training {};

TEST_F(SeveralOptimizers, TellTheirLearningRatesUnderTheirNumbers) {
  SmallNet net;
  torch::optim::SGD sgd(net->conv->parameters(), 0.5);
  torch::optim::Adam adam(net->fc->parameters(), 0.25);
  {
    TrainingCallback callback(*net, {sgd, adam}, options());
    callback.on_batch_end(train_step(net, sgd));
  }
  EXPECT_EQ(last_number("LearningRate/optimizer0"), 0.5);
  EXPECT_EQ(last_number("LearningRate/optimizer1"), 0.25);
}

/// An optimizer that has no learning rate.
class HandMadeOptimizer : public torch::optim::Optimizer {
 public:
  explicit HandMadeOptimizer(const std::vector<torch::Tensor>& parameters)
      : Optimizer({torch::optim::OptimizerParamGroup(parameters)}, std::make_unique<Options>()) {}
  torch::Tensor step(LossClosure) override { return {}; }

 private:
  struct Options : torch::optim::OptimizerCloneableOptions<Options> {
    double get_lr() const override { throw std::runtime_error("there is none."); }
  };
};

TEST_F(SeveralOptimizers, MayIncludeOneThatHasNoLearningRate) {
  SmallNet net;
  HandMadeOptimizer hand_made(net->conv->parameters());
  torch::optim::SGD sgd(net->fc->parameters(), 0.5);
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net, {hand_made, sgd}, options());
    for (int i = 0; i < 3; ++i) callback.on_batch_end(train_step(net, sgd));
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "suar: cannot log LearningRate/optimizer0: there is none. Training goes on.\n");
  EXPECT_EQ(logged_steps()["LearningRate/optimizer1"], (Steps{0, 2}));
  EXPECT_EQ(last_number("LearningRate/optimizer1"), 0.5);
}

}  // namespace
}  // namespace suar
