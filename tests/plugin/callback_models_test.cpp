// The callback with several models, and those that are no plain modules.

#include <cmath>
#include <memory>

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <suar/graph.h>
#include <suar/training_callback.h>

#include "training.h"

namespace suar {
namespace {

using testing::OneImpl;
using testing::SmallNet;
using Steps = std::vector<int64_t>;

class CallbackModels : public testing::Training {};

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

TEST_F(CallbackModels, MayBeWatchedFromWithinInferenceMode) {
  SmallNet net;
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

}  // namespace
}  // namespace suar
