// The callback with models and optimizers of every kind.

#include <cmath>

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <suar/graph.h>
#include <suar/training_callback.h>

#include "training.h"

namespace suar {
namespace {

using testing::SmallNet;
using Steps = std::vector<int64_t>;

class CallbackModels : public testing::Training {};

/// Norm, share of zeros, mean of |x| and number of non-finite elements, one by one in double.
struct Naive {
  double norm = 0, mean_abs = 0, zeros = 0, nonfinite = 0;
};
Naive naive(torch::Tensor tensor) {
  if (tensor.is_sparse()) tensor = tensor.to_dense();
  if (tensor.is_complex()) tensor = tensor.to(torch::kComplexDouble).abs();
  const auto values = tensor.detach().to(torch::kDouble).contiguous();
  Naive result;
  double finite = 0;
  for (int64_t i = 0; i < values.numel(); ++i) {
    const double value = values.data_ptr<double>()[i];
    if (!std::isfinite(value)) {
      ++result.nonfinite;
      continue;
    }
    ++finite;
    result.norm += value * value;
    result.mean_abs += std::abs(value);
    result.zeros += value == 0 ? 1 : 0;
  }
  result.norm = std::sqrt(result.norm);
  result.mean_abs /= finite;
  result.zeros /= static_cast<double>(values.numel());
  return result;
}

/// A model of one parameter.
struct OneImpl : torch::nn::Module {
  explicit OneImpl(torch::Tensor value) { weight = register_parameter("w", std::move(value)); }
  torch::Tensor weight;
};

class CallbackParameters : public CallbackModels {
 protected:
  /// Logs one step from `before` to `after`, with `gradient`, and compares what is read back.
  void expect_statistics(const torch::Tensor& before, const torch::Tensor& after,
                         const torch::Tensor& gradient, double precision = 1e-6) {
    OneImpl net(before.clone());
    torch::optim::SGD optimizer(net.parameters(), 0.1);
    {
      TrainingCallback callback(net, optimizer, options());
      {
        const torch::NoGradGuard no_grad;
        net.weight.copy_(after);
      }
      net.weight.mutable_grad() = gradient;
      callback.on_batch_end({});
    }
    const Naive weight = naive(after), grad = naive(gradient);
    const auto expect_near = [&](const char* tag, double expected) {
      EXPECT_NEAR(last_number(tag), expected, precision * std::abs(expected)) << tag;
    };
    expect_near("WeightNorm/w", weight.norm);
    expect_near("WeightMeanAbs/w", weight.mean_abs);
    expect_near("WeightZeros/w", weight.zeros);
    expect_near("WeightNonFinite/w", weight.nonfinite);
    expect_near("GradientNorm/w", grad.norm);
    expect_near("GradientMeanAbs/w", grad.mean_abs);
    expect_near("GradientZeros/w", grad.zeros);
    expect_near("GradientNonFinite/w", grad.nonfinite);
    if (grad.nonfinite == 0) expect_near("TotalGradientNorm", grad.norm);
    const Naive update = naive(after - before);
    expect_near("UpdateNorm/w", update.norm);
    expect_near("UpdateMeanAbs/w", update.mean_abs);
    expect_near("UpdateZeros/w", update.zeros);
    expect_near("UpdateNonFinite/w", update.nonfinite);
    expect_near("UpdateRatio/w", update.norm / weight.norm);
    const auto values = last_values();
    for (const char* histogram : {"Weights/w", "Gradients/w", "Updates/w"}) {
      ASSERT_EQ(values.count(histogram), 1u) << histogram;
      const auto& counts = std::get<Histogram>(values.at(histogram)).counts;
      double sum = 0;
      for (const double count : counts) sum += count;
      const auto missing = histogram == std::string("Gradients/w") ? grad.nonfinite
                           : histogram == std::string("Weights/w") ? weight.nonfinite
                                                                   : update.nonfinite;
      EXPECT_EQ(sum, static_cast<double>(after.numel()) - missing) << histogram;
    }
    std::filesystem::remove_all(run_directory());
  }

  static torch::Tensor random(torch::IntArrayRef sizes) { return torch::randn(sizes); }
};

TEST_F(CallbackParameters, OfEveryFloatingTypeHaveTheStatisticsOfNaiveArithmetic) {
  for (const auto type : {torch::kFloat, torch::kDouble, torch::kHalf, torch::kBFloat16}) {
    SCOPED_TRACE(type);
    const auto before = random({7, 9}).to(type);
    auto gradient = random({7, 9});
    gradient[2].zero_();
    expect_statistics(before, (before + random({7, 9}).to(type)).to(type), gradient.to(type), 1e-5);
  }
}

TEST_F(CallbackParameters, OfComplexTypesHaveTheStatisticsOfTheirMagnitudes) {
  for (const auto type : {torch::kComplexFloat, torch::kComplexDouble}) {
    SCOPED_TRACE(type);
    expect_statistics(torch::randn({5, 3}, type), torch::randn({5, 3}, type),
                      torch::randn({5, 3}, type), 1e-5);
  }
}

TEST_F(CallbackParameters, ThatAreNotContiguousHaveTheStatisticsOfTheirElements) {
  const auto before = random({6, 8}).t(), after = random({6, 8}).t();
  expect_statistics(before, after, random({16, 6}).slice(0, 0, 16, 2));
  expect_statistics(before, after, random({8, 1}).expand({8, 6}));
  const auto image = random({2, 3, 4, 5}).contiguous(torch::MemoryFormat::ChannelsLast);
  expect_statistics(image, image + 1, image * 2);
}

TEST_F(CallbackParameters, WithSparseGradientsCountTheZerosThatAreNotStored) {
  auto gradient = torch::zeros({10, 4});
  gradient[3].fill_(2);
  gradient[7].fill_(-1);
  const auto before = random({10, 4});
  expect_statistics(before, before - 0.1 * gradient, gradient.to_sparse());
}

TEST_F(CallbackParameters, WithGradientsThatAreNotFiniteTellHowMany) {
  auto gradient = random({4, 5});
  gradient[0][0] = NAN;
  gradient[1][2] = INFINITY;
  const auto before = random({4, 5});
  expect_statistics(before, before + 1, gradient);
}

TEST_F(CallbackParameters, ThatAreZeroOrNotFiniteOrStayAsTheyAreTellHowMany) {
  auto before = random({4, 5});
  before[0].zero_();
  auto after = before + 1;
  after[1] = before[1];
  after[2][0] = NAN;
  after[2][1] = -INFINITY;
  after[3].zero_();
  expect_statistics(before, after, random({4, 5}));
}

TEST_F(CallbackParameters, ThatAreEmptyOrWithoutGradientHarmNoOthers) {
  struct NetImpl : torch::nn::Module {
    NetImpl() {
      register_parameter("empty", torch::empty({0, 3}));
      register_parameter("unused", torch::ones({2}));
      register_parameter("undefined", torch::Tensor(), /*requires_grad=*/false);
      used = register_parameter("used", torch::ones({3}));
    }
    torch::Tensor used;
  };
  NetImpl net;
  torch::optim::SGD optimizer(net.parameters(), 0.1);
  {
    TrainingCallback callback(net, optimizer, options());
    net.used.sum().backward();
    callback.on_batch_end({});
  }
  const auto steps = logged_steps();
  EXPECT_EQ(steps.count("GradientNorm/used"), 1u);
  EXPECT_EQ(steps.count("WeightNorm/unused"), 1u);
  EXPECT_EQ(steps.count("GradientNorm/unused"), 0u);
  EXPECT_EQ(steps.count("WeightNorm/empty"), 0u);
  EXPECT_NEAR(last_number("TotalGradientNorm"), std::sqrt(3.0), 1e-6);
}

TEST_F(CallbackModels, MayHaveSeveralOptimizers) {
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

template <class Optimizer>
class CallbackOptimizers : public CallbackModels {};
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

TEST_F(CallbackModels, MayHaveAnOptimizerThatHasNoLearningRateBesideOthers) {
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

TEST_F(CallbackModels, OfOneTrainingAreToldApartByTheirNames) {
  SmallNet generator, discriminator;
  torch::optim::SGD generator_optimizer(generator->parameters(), 0.5);
  torch::optim::SGD discriminator_optimizer(discriminator->parameters(), 0.25);
  {
    TrainingCallback callback({{"generator", *generator, generator_optimizer},
                               {"discriminator", *discriminator, discriminator_optimizer}},
                              options().exclude({"bias$", "discriminator.fc"}));
    callback.on_train_begin(torch::rand({1, 1, 8, 8}));
    train_step(generator, generator_optimizer);
    const Batch batch = train_step(discriminator, discriminator_optimizer);
    callback.log("Loss/generator", 0.75);
    callback.on_batch_end(batch);
  }
  const auto steps = logged_steps();
  for (const char* tag : {"Weights/generator.conv.weight", "Gradients/generator.fc.weight",
                          "Updates/discriminator.conv.weight", "TotalGradientNorm/generator",
                          "TotalGradientNorm/discriminator", "Loss/generator"}) {
    EXPECT_EQ(steps.count(tag), 1u) << tag;
  }
  EXPECT_EQ(steps.count("Weights/discriminator.fc.weight"), 0u);
  EXPECT_EQ(last_number("LearningRate/generator"), 0.5);
  EXPECT_EQ(last_number("LearningRate/discriminator"), 0.25);
}

TEST_F(CallbackModels, OfOneTrainingAreDiagnosedEachByItself) {
  // The gradients of the first are tiny beside those of the second, and yet in order.
  OneImpl small(torch::ones({4})), large(torch::ones({4}));
  torch::optim::SGD small_optimizer(small.parameters(), 0.1);
  torch::optim::SGD large_optimizer(large.parameters(), 0.1);
  TrainingCallback callback({{"small", small, small_optimizer}, {"large", large, large_optimizer}},
                            options().statistics_every(1));
  for (int i = 0; i < 8; ++i) {
    small.weight.mutable_grad() = torch::full({4}, 1e-9);
    large.weight.mutable_grad() = torch::full({4}, 0.1);
    callback.on_batch_end({torch::tensor(0.5), {}, {}, {}});
  }
  EXPECT_TRUE(callback.findings().empty());
  callback.on_batch_end({torch::tensor(NAN), {}, {}, {}});
  EXPECT_EQ(callback.findings().size(), 1u) << "the loss is that of both";
}

/// A training of two models of which one judges what the other makes.
class GanTraining : public CallbackModels {
 protected:
  static double norm_of_gradients(const torch::nn::Linear& model) {
    double squares = 0;
    for (const auto& parameter : model->parameters()) {
      squares += parameter.grad().to(torch::kDouble).square().sum().item<double>();
    }
    return std::sqrt(squares);
  }

  /// The loop that stands in training_callback.h.
  void train(const CallbackOptions& options, int steps, double bad_from = 1000) {
    TrainingCallback callback({{"generator", *generator_, generator_optimizer_},
                               {"discriminator", *discriminator_, its_optimizer_}},
                              options);
    for (int step = 0; step < steps; ++step) {
      callback.on_batch_begin();
      its_optimizer_.zero_grad();
      const auto noise = torch::randn({8, 3}), images = torch::randn({8, 4});
      const auto its_loss = judge(images, 1) + judge(generator_->forward(noise).detach(), 0);
      its_loss.backward();
      its_norm_ = norm_of_gradients(discriminator_);
      callback.on_after_backward("discriminator", its_loss);
      its_optimizer_.step();
      generator_optimizer_.zero_grad();
      auto generator_loss = judge(generator_->forward(noise), 1);
      if (step >= bad_from) generator_loss = generator_loss * NAN;
      generator_loss.backward();
      generator_norm_ = norm_of_gradients(generator_);
      ASSERT_NE(norm_of_gradients(discriminator_), its_norm_);
      callback.on_after_backward("generator", generator_loss);
      generator_optimizer_.step();
      callback.on_batch_end({{}, {}, {}, images});
      its_loss_ = its_loss.item<double>();
      generator_loss_ = generator_loss.item<double>();
    }
    findings_ = callback.findings();
  }

  torch::Tensor judge(const torch::Tensor& images, double truth) {
    return torch::binary_cross_entropy_with_logits(discriminator_->forward(images),
                                                   torch::full({8, 1}, truth));
  }

  torch::nn::Linear generator_{3, 4}, discriminator_{4, 1};
  torch::optim::SGD generator_optimizer_{generator_->parameters(), 0.1};
  torch::optim::SGD its_optimizer_{discriminator_->parameters(), 0.1};
  double its_norm_ = 0, generator_norm_ = 0, its_loss_ = 0, generator_loss_ = 0;
  std::vector<Finding> findings_;
};

TEST_F(GanTraining, LogsOfEachModelTheGradientsOfItsOwnBackwardPass) {
  for (const int64_t statistics : {1, 0}) {  // without them the norm is taken in another way
    train(options().scalar_every(1).statistics_every(statistics).histogram_every(0), 2);
    EXPECT_NEAR(last_number("TotalGradientNorm/discriminator"), its_norm_, 1e-5 * its_norm_);
    EXPECT_NEAR(last_number("TotalGradientNorm/generator"), generator_norm_,
                1e-5 * generator_norm_);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(GanTraining, LogsTheLossOfEachModel) {
  train(options(), 3);
  EXPECT_EQ(logged_steps()["Loss/train/discriminator"], (Steps{0, 2}));
  EXPECT_NEAR(last_number("Loss/train/discriminator"), its_loss_, 1e-6);
  EXPECT_NEAR(last_number("Loss/train/generator"), generator_loss_, 1e-6);
  EXPECT_EQ(logged_steps().count("Loss/train"), 0u);
  EXPECT_TRUE(findings_.empty());
}

TEST_F(GanTraining, FindsALossOfOneModelThatIsNotFiniteAndRecordsItsLayers) {
  train(options().statistics_every(1000).histogram_every(1000), 5, /*bad_from=*/2);
  EXPECT_EQ(logged_steps()["Gradients/generator.weight"], (Steps{0, 2}));
  ASSERT_FALSE(findings_.empty());
  EXPECT_EQ(findings_[0].rule, "non-finite-values");
  EXPECT_NE(findings_[0].message.find("Loss/train/generator"), std::string::npos)
      << findings_[0].message;
}

TEST_F(CallbackModels, ThatAreNotTrainedInAStepHaveNoGradientsInIt) {
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

TEST_F(CallbackModels, WithALayerThatIsFrozenOnTheWayHaveNoGradientsThereAndAreNotIll) {
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

TEST_F(CallbackModels, ThatAreFrozenAsAWholeHaveNoNorm) {
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

TEST_F(CallbackModels, ThatAreFrozenOnlyWhileAnotherOneIsTrainedHaveTheirGradients) {
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

TEST_F(CallbackModels, WithAHeadThatIsNotUsedOnTheStepsThatAreDueHaveNoDeadUnits) {
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

TEST_F(CallbackModels, ThatAreUnknownAreReportedOnce) {
  OneImpl net(torch::ones({4}));
  torch::optim::SGD optimizer(net.parameters(), 0.1);
  TrainingCallback callback({{"generator", net, optimizer}}, options().scalar_every(1));
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    callback.on_after_backward("generater");
    callback.on_batch_end({});
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "suar: cannot read the gradients: there is no model \"generater\" among those of this "
            "callback. Training goes on.\n");
}

TEST_F(CallbackModels, AreEachToldOfWhenTheyFallIllOfTheSame) {
  OneImpl first(torch::ones({4})), second(torch::ones({4}));
  torch::optim::SGD first_optimizer(first.parameters(), 0.1);
  torch::optim::SGD second_optimizer(second.parameters(), 0.1);
  {
    TrainingCallback callback(
        {{"first", first, first_optimizer}, {"second", second, second_optimizer}},
        options().scalar_every(1).statistics_every(1));
    for (int i = 0; i < 5; ++i) {
      first.weight.mutable_grad() = torch::full({4}, i < 1 ? 1.0 : NAN);
      second.weight.mutable_grad() = torch::full({4}, i < 3 ? 1.0 : NAN);
      callback.on_batch_end({});
    }
  }
  EXPECT_EQ(logged_steps()["Diagnosis"], (Steps{1, 3}));
}

TEST_F(CallbackModels, OfOneTrainingNeedNamesOfTheirOwn) {
  torch::nn::Linear a(2, 2), b(2, 2);
  torch::optim::SGD optimizer(a->parameters(), 0.1);
  const auto train = [&](const std::string& first, const std::string& second) {
    TrainingCallback({{first, *a, optimizer}, {second, *b, optimizer}}, options());
  };
  EXPECT_THROW(train("a", "a"), Error);
  EXPECT_THROW(train("a", ""), Error);
  EXPECT_FALSE(std::filesystem::exists(run_directory()));
}

/// A parameter of which LibTorch computes no differences beside one of which it does.
struct MaskedImpl : torch::nn::Module {
  MaskedImpl() {
    weight = register_parameter("weight", torch::ones({3, 3}));
    register_parameter("mask", torch::ones({3, 3}, torch::kBool), /*requires_grad=*/false);
  }
  torch::Tensor forward(torch::Tensor x) { return x.matmul(weight); }
  torch::Tensor weight;
};
TORCH_MODULE(Masked);

TEST_F(CallbackModels, MayBeWatchedFromWithinInferenceMode) {
  testing::SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    std::unique_ptr<TrainingCallback> callback;
    {
      const c10::InferenceMode inference;
      callback = std::make_unique<TrainingCallback>(*net, optimizer, options().statistics_every(1));
    }
    for (int i = 0; i < 2; ++i) callback->on_batch_end(train_step(net, optimizer));
  }
  EXPECT_EQ(logged_steps()["UpdateRatio/fc.weight"], (Steps{0, 1}));
}

TEST_F(CallbackModels, MayHaveAParameterThatIsNoNumber) {
  Masked net;
  torch::optim::SGD optimizer({net->weight}, 0.1);
  {
    TrainingCallback callback(*net, optimizer, options());
    net->forward(torch::ones({2, 3})).sum().backward();
    optimizer.step();
    callback.on_batch_end({});
  }
  const auto logged = logged_steps();
  EXPECT_EQ(logged.count("Weights/weight"), 1u);
  EXPECT_EQ(logged.count("Updates/weight"), 1u);
  EXPECT_EQ(logged.count("GradientNorm/weight"), 1u);
  EXPECT_EQ(logged.count("Updates/mask"), 0u);
}

/// One tensor under two names.
struct TiedImpl : torch::nn::Module {
  TiedImpl() {
    register_parameter("encoder", weight);
    register_parameter("decoder", weight);
  }
  torch::Tensor forward(torch::Tensor x) { return x.matmul(weight); }
  torch::Tensor weight = torch::ones({2, 2}, torch::requires_grad());
};
TORCH_MODULE(Tied);

TEST_F(CallbackModels, ThatShareAParameterLogItUnderTheNameThatIsAskedFor) {
  Tied net;
  torch::optim::SGD optimizer({net->weight}, 0.1);
  TrainingCallback(*net, optimizer, options().include({"decoder"})).on_batch_end({});
  EXPECT_EQ(logged_steps().count("Weights/decoder"), 1u);
}

TEST_F(CallbackModels, ThatShareAParameterLogItOnce) {
  OneImpl first(torch::ones({4}));
  struct SecondImpl : torch::nn::Module {
    explicit SecondImpl(const torch::Tensor& shared) { register_parameter("shared", shared); }
  };
  SecondImpl second(first.weight);
  torch::optim::SGD optimizer(first.parameters(), 0.1);
  {
    TrainingCallback callback({{"a", first, optimizer}, {"b", second, optimizer}}, options());
    callback.on_batch_end({});
  }
  EXPECT_EQ(logged_steps().count("Weights/a.w"), 1u);
  EXPECT_EQ(logged_steps().count("Weights/b.shared"), 0u);
}

TEST_F(CallbackModels, ThatShareALayerHaveItInTheNormsOfBoth) {
  for (const int64_t statistics : {1, 0}) {
    torch::nn::Linear shared(3, 4), first_head(4, 1), second_head(4, 1);
    torch::nn::ModuleList first(shared, first_head), second(shared, second_head);
    torch::optim::SGD optimizer(first->parameters(), 0.1);
    double first_norm = 0, second_norm = 0;
    const auto backward = [&](torch::nn::Linear& head, const torch::nn::ModuleList& model) {
      for (auto& parameter : model->parameters()) parameter.mutable_grad() = torch::Tensor();
      head->forward(shared->forward(torch::rand({5, 3}))).mean().backward();
      double squares = 0;
      for (const auto& parameter : model->parameters()) {
        squares += parameter.grad().square().sum().item<double>();
      }
      return std::sqrt(squares);
    };
    {
      TrainingCallback callback(
          {{"first", *first, optimizer}, {"second", *second, optimizer}},
          options().scalar_every(1).statistics_every(statistics).histogram_every(0));
      first_norm = backward(first_head, first);
      callback.on_after_backward("first");
      second_norm = backward(second_head, second);
      callback.on_after_backward("second");
      callback.on_batch_end({});
    }
    EXPECT_NEAR(last_number("TotalGradientNorm/first"), first_norm, 1e-5 * first_norm);
    EXPECT_NEAR(last_number("TotalGradientNorm/second"), second_norm, 1e-5 * second_norm);
    EXPECT_EQ(logged_steps().count("GradientNorm/second.0.weight"), 0u) << "it is recorded once";
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackModels, MayBeOfTorchScript) {
  torch::jit::Module net("Net");
  net.register_parameter("weight", torch::ones({3, 2}, torch::requires_grad()), false);
  net.define("def forward(self, x):\n  return x.matmul(self.weight)\n");
  std::vector<torch::Tensor> parameters;
  for (const auto& parameter : net.parameters()) parameters.push_back(parameter);
  torch::optim::SGD optimizer(parameters, 0.1);
  {
    TrainingCallback callback(net, optimizer, options());
    callback.on_train_begin(torch::ones({4, 3}));
    auto loss = net.forward({torch::ones({4, 3})}).toTensor().mean();
    loss.backward();
    optimizer.step();
    callback.on_batch_end({loss, {}, {}, {}});
  }
  EXPECT_EQ(last_number("Loss/train"), 3);
  EXPECT_NEAR(last_number("GradientNorm/weight"), 0.5 * std::sqrt(6.0), 1e-6);
  EXPECT_GT(last_number("UpdateRatio/weight"), 0);
  std::vector<std::string> operations;
  for (const Event& event : testing::read_events(event_file(run_directory()))) {
    const auto* graph = std::get_if<SerializedGraph>(&event.what);
    if (graph == nullptr) continue;
    for (const GraphNode& node : parse_graph_def(graph->graph_def).nodes) {
      operations.push_back(node.name);
    }
  }
  EXPECT_EQ(operations,
            (std::vector<std::string>{"input/x", "Net/weight", "Net/matmul", "output/y"}));
}

}  // namespace
}  // namespace suar
