// The hooks of callbacks, one by one and in lists.

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "training.h"

namespace suar {
namespace {

using testing::SmallNet;
using Steps = std::vector<int64_t>;

class CallbackHooks : public testing::Training {};

/// Writes down which hooks were called.
class Witness : public Callback {
 public:
  explicit Witness(std::vector<std::string>& calls, std::string name)
      : calls_(calls), name_(std::move(name)) {}

  void on_train_begin(const torch::Tensor&) override { note("train_begin"); }
  void on_epoch_begin(int64_t) override { note("epoch_begin"); }
  void on_batch_begin() override { note("batch_begin"); }
  void on_before_backward() override { note("before_backward"); }
  void on_after_backward() override { note("after_backward"); }
  void on_batch_end(const Batch&) override { note("batch_end"); }
  void on_validation_end(const Metrics&) override { note("validation_end"); }
  void on_epoch_end(const Metrics&) override { note("epoch_end"); }
  void on_train_end() override { note("train_end"); }

 private:
  void note(const char* hook) { calls_.push_back(name_ + "." + hook); }

  std::vector<std::string>& calls_;
  const std::string name_;
};

TEST_F(CallbackHooks, OfAListReachEachOfItsCallbacksInOrder) {
  std::vector<std::string> calls;
  Witness a(calls, "a"), b(calls, "b");
  CallbackList list{a};
  list.add(b);
  list.on_train_begin();
  list.on_epoch_begin(0);
  list.on_batch_begin();
  list.on_before_backward();
  list.on_after_backward();
  list.on_batch_end({});
  list.on_validation_end({});
  list.on_epoch_end();
  list.on_train_end();
  std::vector<std::string> expected;
  for (const char* hook :
       {"train_begin", "epoch_begin", "batch_begin", "before_backward", "after_backward",
        "batch_end", "validation_end", "epoch_end", "train_end"}) {
    expected.push_back(std::string("a.") + hook);
    expected.push_back(std::string("b.") + hook);
  }
  EXPECT_EQ(calls, expected);
}

TEST_F(CallbackHooks, OfATrainingCallbackWorkInAListBesideOnesOwn) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  std::vector<std::string> calls;
  Witness own(calls, "own");
  {
    TrainingCallback recorder(*net, optimizer, options());
    CallbackList callbacks{recorder, own};
    callbacks.on_batch_end(train_step(net, optimizer));
    callbacks.on_epoch_end({{"accuracy", 0.5}});
  }
  EXPECT_EQ(calls, (std::vector<std::string>{"own.batch_end", "own.epoch_end"}));
  EXPECT_EQ(logged_steps()["Loss/train"], Steps{0});
  EXPECT_EQ(logged_steps()["Accuracy/validation"], Steps{0});
}

TEST_F(CallbackHooks, ReadTheGradientsWhereBackwardIsDoneWhenTheLoopSaysSo) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  double norm = 0;
  {
    TrainingCallback callback(*net, optimizer, options());
    const Batch batch = forward_and_backward(net);
    norm = net->fc->weight.grad().norm().item<double>();
    callback.on_after_backward();
    optimizer.step();
    optimizer.zero_grad();
    callback.on_batch_end(batch);
  }
  EXPECT_GT(norm, 0);
  EXPECT_NEAR(last_number("GradientNorm/fc.weight"), norm, 1e-6 * norm);
}

TEST_F(CallbackHooks, TakeTheGradientsOfTheLastBackwardOfAStep) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  double norm = 0;
  {
    TrainingCallback callback(*net, optimizer, options());
    forward_and_backward(net);
    callback.on_after_backward();
    const Batch batch = forward_and_backward(net);
    callback.on_after_backward();
    norm = net->fc->weight.grad().norm().item<double>();
    optimizer.step();
    callback.on_batch_end(batch);
  }
  EXPECT_NEAR(last_number("GradientNorm/fc.weight"), norm, 1e-6 * norm);
}

TEST_F(CallbackHooks, LogAValidationInTheMiddleOfAnEpochAtTheLastBatchDone) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options());
    for (int i = 0; i < 4; ++i) {
      callback.on_batch_end(train_step(net, optimizer));
      if (i == 1) callback.on_validation_end({{"loss", 0.25}, {"Dice/test", 0.5}});
    }
    callback.on_epoch_end();
  }
  EXPECT_EQ(logged_steps()["Loss/validation"], Steps{1});
  EXPECT_EQ(logged_steps()["Dice/test"], Steps{1});
}

TEST_F(CallbackHooks, LogANumberOfOnesOwnAtTheBatchUnderWay) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options());
    for (int i = 0; i < 3; ++i) {
      const Batch batch = train_step(net, optimizer);
      callback.log("f1", i / 2.0);
      callback.on_batch_end(batch);
    }
    callback.on_train_end();
    callback.log("f1", 7);  // too late, which does no harm
  }
  EXPECT_EQ(logged_steps()["f1"], (Steps{0, 1, 2}));
  EXPECT_EQ(last_number("f1"), 1);
}

TEST_F(CallbackHooks, RecordOnceAnEpochWhatIsDueEveryEpoch) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(
        *net, optimizer,
        options().scalar_every(once()).statistics_every(never()).histogram_every(every_epoch()));
    for (int epoch = 0; epoch < 2; ++epoch) {
      callback.on_epoch_begin(epoch);
      for (int i = 0; i < 3; ++i) callback.on_batch_end(train_step(net, optimizer));
      callback.on_epoch_end();
    }
  }
  auto steps = logged_steps();
  EXPECT_EQ(steps["Weights/fc.weight"], (Steps{0, 3}));
  EXPECT_EQ(steps["Updates/fc.weight"], (Steps{0, 3}));
  EXPECT_EQ(steps["Samples/train"], (Steps{2, 5}));
}

TEST_F(CallbackHooks, LogSampleImagesAtTheStepsThatAreAskedFor) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options().image_every(at({1, 3})));
    for (int i = 0; i < 5; ++i) callback.on_batch_end(train_step(net, optimizer));
    callback.on_epoch_end();
  }
  EXPECT_EQ(logged_steps()["Samples/train"], (Steps{1, 3}));
}

TEST_F(CallbackHooks, LogNormsWithoutHistogramsWhenThoseAreNeverDue) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer,
                              options().statistics_every(2).histogram_every(never()));
    for (int i = 0; i < 3; ++i) callback.on_batch_end(train_step(net, optimizer));
  }
  auto steps = logged_steps();
  EXPECT_EQ(steps["GradientNorm/fc.weight"], (Steps{0, 2}));
  EXPECT_EQ(steps["UpdateRatio/fc.weight"], (Steps{0, 2}));
  EXPECT_EQ(steps.count("Weights/fc.weight"), 0u);
  EXPECT_EQ(steps.count("Gradients/fc.weight"), 0u);
  EXPECT_EQ(steps.count("Updates/fc.weight"), 0u);
}

}  // namespace
}  // namespace suar
