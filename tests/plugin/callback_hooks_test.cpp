// The hooks of callbacks, one by one and in lists.

#include <algorithm>
#include <functional>

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
  void on_after_backward(const std::string& model, const torch::Tensor& loss) override {
    note(("after_backward(" + model + (loss.defined() ? ", loss)" : ")")).c_str());
  }
  void on_batch_end(const Batch&) override { note("batch_end"); }
  void on_validation_batch_end(const Batch&) override { note("validation_batch_end"); }
  void on_validation_end(const Metrics&) override { note("validation_end"); }
  void on_epoch_end(const Metrics&) override { note("epoch_end"); }
  void on_train_end() override { note("train_end"); }
  void on_exception() override { note("exception"); }

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
  list.on_after_backward("generator", torch::ones({}));
  list.on_batch_end({});
  list.on_validation_batch_end({});
  list.on_validation_end({});
  list.on_epoch_end();
  list.on_train_end();
  list.on_exception();
  std::vector<std::string> expected;
  for (const char* hook :
       {"train_begin", "epoch_begin", "batch_begin", "before_backward", "after_backward()",
        "after_backward(generator, loss)", "batch_end", "validation_batch_end", "validation_end",
        "epoch_end", "train_end", "exception"}) {
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

TEST_F(CallbackHooks, ReportANumberWithoutANameAndLogTheOthers) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net, optimizer, options());
    callback.log("", 1);
    callback.log("", torch::ones({}));
    callback.on_batch_end(train_step(net, optimizer));
    callback.on_validation_end({{"", 0.5}, {"loss", 0.25}});
  }
  const std::string printed = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(printed.find("cannot log a number: a name is missing"), std::string::npos) << printed;
  EXPECT_EQ(logged_steps().count(""), 0u);
  EXPECT_EQ(logged_steps()["Loss/validation"], Steps{0});
}

TEST_F(CallbackHooks, CountTheSamplesOfSequencesNotTheirWords) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options().scalar_every(1));
    for (int i = 0; i < 3; ++i) {
      callback.on_batch_end({torch::ones({}), torch::rand({24, 9}),
                             torch::zeros({24}, torch::kLong), torch::rand({4, 6})});
    }
  }
  EXPECT_NEAR(last_number("Throughput/samples"), 4 * last_number("Throughput/steps"),
              1e-4 * last_number("Throughput/samples"));
}

TEST_F(CallbackHooks, SayOnceThatNothingIsLoggedBehindTheEnd) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net, optimizer, options().scalar_every(1));
    callback.on_train_end();
    for (int i = 0; i < 2; ++i) callback.on_batch_end(train_step(net, optimizer));
  }
  const std::string printed = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(printed.find("on_train_end was called"), std::string::npos) << printed;
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1) << printed;
}

TEST_F(CallbackHooks, SayOnceOfWhateverIsCalledBehindTheEndThatItIsNotLogged) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  const auto rand = torch::rand({1, 1, 8, 8});
  const std::vector<std::function<void(TrainingCallback&)>> calls = {
      [](TrainingCallback& callback) { callback.log("f1", 0.5); },
      [](TrainingCallback& callback) { callback.log("f1", torch::tensor(0.5)); },
      [](TrainingCallback& callback) {
        callback.on_validation_end({{"loss", 0.5}});
      },
      [](TrainingCallback& callback) {
        callback.on_validation_batch_end({{}, torch::rand({3, 4}), torch::tensor({0, 1, 2}), {}});
      },
      [](TrainingCallback& callback) { callback.on_epoch_begin(1); },
      [](TrainingCallback& callback) {
        callback.on_epoch_end({{"loss", 0.5}});
      },
      [&](TrainingCallback& callback) { callback.on_train_begin(rand); },
      [](TrainingCallback& callback) { callback.writer().add_scalar("late", 1, 1); },
      [](TrainingCallback& callback) { callback.writer().add_text("late", "good", 1); },
      [&](TrainingCallback& callback) { callback.writer().add_graph(*net, rand); },
      [](TrainingCallback& callback) {
        callback.writer().add_hparams({{"lr", 0.1}}, {});
      },
      [](TrainingCallback& callback) {
        callback.writer().add_embedding(torch::rand({3, 2}));
      },
      [](TrainingCallback& callback) {
        callback.writer().add_custom_scalars_multilinechart({"late"});
      },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    ::testing::internal::CaptureStderr();
    {
      TrainingCallback callback(
          *net, optimizer,
          options().log_directory((directory_.path() / std::to_string(i)).string()));
      callback.on_train_end();
      for (int time = 0; time < 2; ++time) calls[i](callback);
    }
    const std::string printed = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(printed.find("on_train_end"), std::string::npos) << i << ": " << printed;
    EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1) << i << ": " << printed;
  }
}

TEST_F(CallbackHooks, MayEndATrainingMoreThanOnce) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net, optimizer, options());
    callback.on_train_end();
    callback.on_train_end();
    callback.on_exception();
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(CallbackHooks, SayOnceThatTheWriterWasClosedUnderTheTraining) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net, optimizer, options().scalar_every(1));
    callback.on_batch_end(train_step(net, optimizer));
    callback.writer().close();
    for (int i = 0; i < 3; ++i) callback.on_batch_end(train_step(net, optimizer));
    callback.log("f1", 0.5);
    callback.on_epoch_end({{"loss", 0.5}});
    callback.on_train_end();
  }
  const std::string printed = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(printed.find("closed"), std::string::npos) << printed;
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1) << printed;
  EXPECT_EQ(logged_steps()["Loss/train"], Steps{0});
}

TEST_F(CallbackHooks, TellTheLearningRateOfTheStepAndNotTheSchedulersNextOne) {
  SmallNet net;
  for (const bool tells : {true, false}) {
    torch::optim::SGD optimizer(net->parameters(), 0.5);
    const auto step_scheduler = [&] { optimizer.param_groups()[0].options().set_lr(0.25); };
    {
      TrainingCallback callback(*net, optimizer, options());
      optimizer.zero_grad();
      const Batch batch = forward_and_backward(net);
      if (tells) callback.on_after_backward();
      optimizer.step();
      step_scheduler();
      callback.on_batch_end(batch);
    }
    EXPECT_EQ(last_number("LearningRate"), tells ? 0.5 : 0.25);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackHooks, SayThatALayerWasExchanged) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (const bool exchanges : {false, true}) {
    ::testing::internal::CaptureStderr();
    {
      TrainingCallback callback(*net, optimizer,
                                options().log_directory((directory_.path() / "x").string()));
      if (exchanges) net->fc = net->replace_module("fc", torch::nn::Linear(4 * 6 * 6, 3));
      callback.on_epoch_begin(0);
    }
    const std::string printed = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(
        printed.find("Construct another one where a layer was exchanged") != std::string::npos,
        exchanges)
        << printed;
  }
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

TEST_F(CallbackHooks, LogANumberOfTheModelsWhenScalarsAreDue) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options());
    auto total = torch::zeros({});
    for (int i = 0; i < 5; ++i) {
      const Batch batch = train_step(net, optimizer);
      callback.log("Loss/reconstruction", batch.loss * 100);
      callback.log("Loss/reconstruction", batch.loss * 0 + i);
      total += 1;
      callback.log("total", total);
      total += 0.5;  // which is not what was logged
      callback.on_batch_end(batch);
    }
  }
  EXPECT_EQ(logged_steps()["Loss/reconstruction"], (Steps{0, 2, 4}));
  EXPECT_EQ(last_number("Loss/reconstruction"), 4) << "the last one of a step counts";
  EXPECT_EQ(last_number("total"), 7);
}

TEST_F(CallbackHooks, SayOfATensorThatIsNoNumberThatItCannotBeLogged) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  TrainingCallback callback(*net, optimizer, options());
  ::testing::internal::CaptureStderr();
  callback.log("losses", torch::ones({3}));
  callback.on_batch_end(train_step(net, optimizer));
  const std::string messages = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(messages.find("losses should be one number, but its shape is [3]"), std::string::npos)
      << messages;
  callback.on_train_end();
  EXPECT_EQ(logged_steps()["Loss/train"], Steps{0});
}

TEST_F(CallbackHooks, TellTheUpdateOfTheOptimizerAloneWhereTheyTellThatABatchBegins) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  const auto exchange_weights = [&] {
    const torch::NoGradGuard no_grad;
    for (auto& weight : net->parameters()) weight.fill_(0.25);
  };
  torch::Tensor before;
  {
    TrainingCallback callback(*net, optimizer, options().statistics_every(1));
    for (int i = 0; i < 3; ++i) {
      exchange_weights();  // for those of a checkpoint, or averaged ones
      callback.on_batch_begin();
      before = net->fc->weight.detach().clone();
      callback.on_batch_end(train_step(net, optimizer));
    }
  }
  const auto update = (net->fc->weight.detach() - before).norm().item<double>();
  const auto weight = net->fc->weight.norm().item<double>();
  EXPECT_NEAR(last_number("UpdateRatio/fc.weight"), update / weight, 1e-5 * update / weight);
}

TEST_F(CallbackHooks, TakeNoCheckpointThatIsLoadedBeforeTheTrainingForAnUpdate) {
  for (const bool begins_training : {true, false}) {
    SmallNet net;
    torch::optim::SGD optimizer(net->parameters(), 0.0);
    {
      TrainingCallback callback(*net, optimizer, options());
      {
        const torch::NoGradGuard no_grad;
        for (auto& weight : net->parameters()) weight.fill_(0.25);
      }
      if (begins_training) {
        callback.on_train_begin();
      } else {
        callback.on_epoch_begin(0);
      }
      callback.on_batch_end(train_step(net, optimizer));
    }
    EXPECT_EQ(last_number("UpdateRatio/fc.weight"), 0);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackHooks, GoOnWithAModelThatBecomesOfAnotherType) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options().statistics_every(1));
    net->to(torch::kDouble);
    const auto train = [&] {
      const auto loss = net->forward(torch::rand({2, 1, 8, 8}, torch::kDouble)).square().mean();
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      callback.on_batch_end({loss, {}, {}, {}});
    };
    train();
    train();
  }
  EXPECT_EQ(logged_steps()["GradientNorm/fc.weight"], (Steps{0, 1}));
  EXPECT_EQ(logged_steps()["UpdateRatio/fc.weight"], Steps{1});
}

TEST_F(CallbackHooks, SayWhyThereIsNoGraph) {
  struct PairImpl : torch::nn::Module {
    torch::Tensor forward(const torch::Tensor& a, const torch::Tensor& b) { return a + b; }
  };
  PairImpl pair;
  SmallNet net;
  torch::nn::Module& unknown = *net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  const auto messages = [&](auto& model, const CallbackOptions& options) {
    TrainingCallback callback(model, optimizer, options);
    ::testing::internal::CaptureStderr();
    callback.on_train_begin(torch::rand({1, 1, 8, 8}));
    return ::testing::internal::GetCapturedStderr();
  };
  for (const std::string& said : {messages(pair, options()), messages(unknown, options())}) {
    EXPECT_NE(said.find("cannot log the graph"), std::string::npos) << said;
    EXPECT_NE(said.find("writer().add_graph(model, {first, second})"), std::string::npos) << said;
  }
  EXPECT_EQ(messages(unknown, options().graph(false)), "");
  EXPECT_EQ(messages(*net, options()), "");
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
