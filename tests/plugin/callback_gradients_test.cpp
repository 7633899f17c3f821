// Which gradients the callback takes for those of a step.

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "training.h"

namespace suar {
namespace {

using testing::OneImpl;
using testing::SmallNet;
using Steps = std::vector<int64_t>;

class CallbackGradients : public testing::Training {
 protected:
  /// What was logged under a tag, by its steps.
  std::map<int64_t, double> logged_numbers(const std::string& tag) const {
    std::map<int64_t, double> numbers;
    for (const auto& [step, summary] : testing::read_summaries(event_file(run_directory()))) {
      if (summary.tag == tag) numbers[step] = std::get<double>(summary.value);
    }
    return numbers;
  }
};

TEST_F(CallbackGradients, OfAModelThatIsNotTrainedInAStepAreNone) {
  OneImpl often(torch::ones({4})), seldom(torch::ones({4}));
  torch::optim::SGD often_optimizer(often.parameters(), 0.1);
  torch::optim::SGD seldom_optimizer(seldom.parameters(), 0.1);
  {
    TrainingCallback callback(
        {{"often", often, often_optimizer}, {"seldom", seldom, seldom_optimizer}},
        options().scalar_every(1).statistics_every(2));
    for (int i = 0; i < 5; ++i) {
      often.weight.mutable_grad() = torch::ones({4});
      callback.on_after_backward("often");
      if (i % 4 == 0) {
        seldom.weight.mutable_grad() = torch::ones({4});
        callback.on_after_backward("seldom");
      }
      callback.on_batch_end({});
    }
  }
  EXPECT_EQ(logged_steps()["GradientNorm/often.w"], (Steps{0, 2, 4}));
  EXPECT_EQ(logged_steps()["GradientNorm/seldom.w"], (Steps{0, 4}));
  EXPECT_EQ(logged_steps()["TotalGradientNorm/often"], (Steps{0, 1, 2, 3, 4}));
  EXPECT_EQ(logged_steps()["TotalGradientNorm/seldom"], (Steps{0, 4}));
  EXPECT_EQ(logged_steps()["WeightNorm/seldom.w"], (Steps{0, 2, 4}));
}

TEST_F(CallbackGradients, OfALayerThatIsFrozenOnTheWayAreNoneAndNoIllness) {
  for (const bool zeroes_all : {true, false}) {  // else that layer keeps what it got last
    for (const int64_t statistics : {1, 0}) {    // without them the norm is taken in another way
      SmallNet net;
      torch::optim::SGD all(net->parameters(), 0.1), head(net->fc->parameters(), 0.1);
      double head_norm = 0;
      {
        TrainingCallback callback(
            *net, all, options().scalar_every(1).statistics_every(statistics).histogram_every(0));
        for (int i = 0; i < 10; ++i) {
          if (i == 3) {
            for (auto& parameter : net->conv->parameters()) parameter.set_requires_grad(false);
          }
          callback.on_batch_end(train_step(net, i < 3 || zeroes_all ? all : head));
        }
        EXPECT_TRUE(callback.findings().empty());
        head_norm = std::hypot(net->fc->weight.grad().norm().item<double>(),
                               net->fc->bias.grad().norm().item<double>());
      }
      if (statistics > 0) {
        EXPECT_EQ(logged_steps()["GradientNorm/conv.weight"], (Steps{0, 1, 2}));
        EXPECT_EQ(logged_steps()["DeadUnits/conv.bias"], (Steps{0, 1, 2}));
        EXPECT_EQ(logged_steps()["WeightNorm/conv.weight"].size(), 10u);
      }
      EXPECT_EQ(logged_steps()["TotalGradientNorm"].size(), 10u);
      EXPECT_NEAR(last_number("TotalGradientNorm"), head_norm, 1e-5 * head_norm);
      std::filesystem::remove_all(run_directory());
    }
  }
}

TEST_F(CallbackGradients, OfALayerThatIsFrozenBetweenTwoStepsThatAreDueAreNotRepeated) {
  for (const bool tells_of_begin : {true, false}) {
    for (const int64_t statistics : {4, 0}) {
      SmallNet net;
      torch::optim::SGD all(net->parameters(), 0.1), head(net->fc->parameters(), 0.1);
      std::map<int64_t, double> head_norms;
      {
        TrainingCallback callback(
            *net, all, options().scalar_every(4).statistics_every(statistics).histogram_every(0));
        for (int i = 0; i < 9; ++i) {
          if (i == 3) {  // what it got at step 2 stays, which no one has looked at
            for (auto& parameter : net->conv->parameters()) parameter.set_requires_grad(false);
          }
          if (tells_of_begin) callback.on_batch_begin();
          callback.on_batch_end(train_step(net, i < 3 ? all : head));
          head_norms[i] = std::hypot(net->fc->weight.grad().norm().item<double>(),
                                     net->fc->bias.grad().norm().item<double>());
        }
      }
      if (statistics > 0) {
        EXPECT_EQ(logged_steps()["GradientNorm/conv.weight"], Steps{0});
        EXPECT_EQ(logged_steps()["GradientNorm/fc.weight"], (Steps{0, 4, 8}));
      }
      for (const auto& [step, value] : logged_numbers("TotalGradientNorm")) {
        if (step == 0) continue;
        EXPECT_NEAR(value, head_norms.at(step), 1e-5 * value) << step;
      }
      std::filesystem::remove_all(run_directory());
    }
  }
}

TEST_F(CallbackGradients, OfALayerThatWasFrozenAfterATrainingBeforeAreNoneFromTheFirstStepOn) {
  SmallNet net;
  torch::optim::SGD all(net->parameters(), 0.1), head(net->fc->parameters(), 0.1);
  train_step(net, all);
  for (auto& parameter : net->conv->parameters()) parameter.set_requires_grad(false);
  {
    TrainingCallback callback(*net, head, options().statistics_every(1));
    callback.on_train_begin();
    for (int i = 0; i < 2; ++i) callback.on_batch_end(train_step(net, head));
  }
  EXPECT_EQ(logged_steps().count("GradientNorm/conv.weight"), 0u);
  EXPECT_EQ(logged_steps()["GradientNorm/fc.weight"], (Steps{0, 1}));
}

TEST_F(CallbackGradients, OfAllBatchesOfAStepAreItsOwnAlsoWhereItIsFrozenInTheLast) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  double norm = 0;
  {
    TrainingCallback callback(*net, optimizer, options().statistics_every(1).accumulate_batches(2));
    for (int i = 0; i < 3; ++i) {
      optimizer.zero_grad();
      callback.on_batch_end(forward_and_backward(net));
      callback.on_validation_end({{"loss", 0.5}});
      for (auto& parameter : net->conv->parameters()) parameter.set_requires_grad(false);
      const Batch last = forward_and_backward(net);
      norm = net->conv->weight.grad().norm().item<double>();
      callback.on_batch_end(last);
      for (auto& parameter : net->conv->parameters()) parameter.set_requires_grad(true);
    }
  }
  EXPECT_EQ(logged_steps()["GradientNorm/conv.weight"], (Steps{0, 1, 2}));
  EXPECT_NEAR(last_number("GradientNorm/conv.weight"), norm, 1e-5 * norm);
}

TEST_F(CallbackGradients, OfAModelThatIsFrozenAsAWholeHaveNoNorm) {
  for (const int64_t statistics : {1, 0}) {
    SmallNet net;
    torch::optim::SGD optimizer(net->parameters(), 0.1);
    {
      TrainingCallback callback(
          *net, optimizer,
          options().scalar_every(1).statistics_every(statistics).histogram_every(0));
      const Batch batch = train_step(net, optimizer);
      callback.on_batch_end(batch);
      for (auto& parameter : net->parameters()) parameter.set_requires_grad(false);
      callback.on_batch_end(batch);  // the same gradients
      optimizer.zero_grad();
      callback.on_batch_end(batch);
    }
    EXPECT_EQ(logged_steps()["TotalGradientNorm"], Steps{0});
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackGradients, OfAModelThatIsFrozenOnlyWhileAnotherOneIsTrainedAreItsOwn) {
  for (const bool tells : {true, false}) {
    for (const int64_t statistics : {1, 0}) {
      torch::nn::Linear generator(3, 4), judge(4, 1);
      torch::optim::SGD generator_optimizer(generator->parameters(), 0.1);
      torch::optim::SGD judge_optimizer(judge->parameters(), 0.1);
      double norm = 0;
      {
        TrainingCallback callback(
            {{"generator", *generator, generator_optimizer}, {"judge", *judge, judge_optimizer}},
            options().scalar_every(1).statistics_every(statistics).histogram_every(0));
        for (int i = 0; i < 3; ++i) {
          for (auto& parameter : judge->parameters()) parameter.set_requires_grad(true);
          judge_optimizer.zero_grad();
          judge->forward(generator->forward(torch::rand({4, 3})).detach()).mean().backward();
          if (tells) callback.on_after_backward();
          judge_optimizer.step();
          for (auto& parameter : judge->parameters()) parameter.set_requires_grad(false);
          generator_optimizer.zero_grad();
          judge->forward(generator->forward(torch::rand({4, 3}))).mean().backward();
          if (tells) callback.on_after_backward();
          generator_optimizer.step();
          callback.on_batch_end({});
        }
        norm = std::hypot(judge->weight.grad().norm().item<double>(),
                          judge->bias.grad().norm().item<double>());
      }
      EXPECT_EQ(logged_steps()["TotalGradientNorm/judge"], (Steps{0, 1, 2}));
      EXPECT_NEAR(last_number("TotalGradientNorm/judge"), norm, 1e-5 * norm);
      if (statistics > 0) {
        EXPECT_EQ(logged_steps()["GradientNorm/judge.weight"], (Steps{0, 1, 2}));
      }
      std::filesystem::remove_all(run_directory());
    }
  }
}

TEST_F(CallbackGradients, OfAHeadThatIsNotUsedOnTheStepsThatAreDueShowNoDeadUnits) {
  torch::nn::Linear trunk(3, 8), first(8, 1), second(8, 1);
  torch::nn::ModuleList net(trunk, first, second);
  torch::optim::SGD optimizer(net->parameters(), 0.01);
  TrainingCallback callback(*net, optimizer, options().statistics_every(2));
  for (int i = 0; i < 20; ++i) {
    optimizer.zero_grad();
    const auto features = torch::relu(trunk->forward(torch::rand({8, 3})) + 1);
    const auto loss = (i % 2 == 0 ? first : second)->forward(features).pow(2).mean();
    loss.backward();
    optimizer.step();
    callback.on_batch_end({loss, {}, {}, {}});
  }
  const auto findings = callback.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "unused-layer");
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(findings[0].subject, "2.weight");
}

}  // namespace
}  // namespace suar
