#include <algorithm>
#include <cmath>
#include <future>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>
#include <suar/watch.h>

#include "training.h"

namespace suar {
namespace {

using Steps = std::vector<int64_t>;

/// Two layers, of whose activations it shows all.
struct WatchedNetImpl : torch::nn::Module {
  WatchedNetImpl() {
    first = register_module("first", torch::nn::Linear(4, 6));
    second = register_module("second", torch::nn::Linear(6, 1));
  }
  torch::Tensor forward(torch::Tensor x) {
    hidden = watch(torch::relu(first->forward(x)), "first.relu");
    return watch(second->forward(hidden), "second");
  }

  torch::nn::Linear first{nullptr}, second{nullptr};
  torch::Tensor hidden;
};
TORCH_MODULE(WatchedNet);

class Watch : public testing::Training {
 protected:
  Batch train_step() {
    optimizer_.zero_grad();
    const auto loss = net_->forward(torch::randn({8, 4})).square().mean();
    loss.backward();
    optimizer_.step();
    return {loss, {}, {}, {}};
  }

  Histogram last_histogram(const std::string& tag) const {
    const auto values = last_values();
    if (values.count(tag) == 0) ADD_FAILURE() << tag << " was not logged";
    return values.count(tag) == 0 ? Histogram() : std::get<Histogram>(values.at(tag));
  }

  WatchedNet net_;
  torch::optim::SGD optimizer_{net_->parameters(), 0.1};
};

TEST_F(Watch, PassesTheVeryTensorThrough) {
  const auto tensor = torch::randn({3}, torch::requires_grad());
  EXPECT_TRUE(watch(tensor, "x").is_same(tensor));
  TrainingCallback callback(*net_, optimizer_, options());
  EXPECT_TRUE(watch(tensor, "x").is_same(tensor));
  EXPECT_TRUE(Probe("x")->forward(tensor).is_same(tensor));
}

TEST_F(Watch, LogsTheActivationAndItsGradient) {
  torch::Tensor hidden, gradient;
  {
    TrainingCallback callback(*net_, optimizer_, options());
    const auto loss = net_->forward(torch::randn({8, 4})).square().mean();
    net_->hidden.retain_grad();
    loss.backward();
    hidden = net_->hidden.detach();
    gradient = net_->hidden.grad();
    callback.on_batch_end({loss, {}, {}, {}});
  }
  const Histogram values = last_histogram("Activations/first.relu");
  EXPECT_EQ(values.count, 48);
  EXPECT_NEAR(values.sum, hidden.sum().item<double>(), 1e-5);
  EXPECT_NEAR(values.max, hidden.max().item<double>(), 1e-6);
  const Histogram gradients = last_histogram("ActivationGradients/first.relu");
  EXPECT_EQ(gradients.count, 48);
  EXPECT_NEAR(gradients.sum, gradient.sum().item<double>(), 1e-6);
  EXPECT_NEAR(last_number("ActivationZeros/first.relu"),
              hidden.eq(0).to(torch::kDouble).mean().item<double>(), 1e-6);
  EXPECT_EQ(last_number("ActivationNonFinite/first.relu"), 0);
}

TEST_F(Watch, LogsAtTheStepsAtWhichStatisticsAreDue) {
  {
    TrainingCallback callback(*net_, optimizer_, options().statistics_every(2).histogram_every(4));
    for (int i = 0; i < 6; ++i) callback.on_batch_end(train_step());
  }
  auto steps = logged_steps();
  for (const char* name : {"first.relu", "second"}) {
    EXPECT_EQ(steps[std::string("ActivationZeros/") + name], (Steps{0, 2, 4})) << name;
    EXPECT_EQ(steps[std::string("Activations/") + name], (Steps{0, 4})) << name;
    EXPECT_EQ(steps[std::string("ActivationGradients/") + name], (Steps{0, 4})) << name;
  }
}

TEST_F(Watch, CountsValuesThatAreNotFinite) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    watch(torch::tensor({1.0f, NAN, INFINITY, 0.0f}), "x");
    callback.on_batch_end({});
  }
  EXPECT_EQ(last_number("ActivationNonFinite/x"), 2);
  EXPECT_EQ(last_number("ActivationZeros/x"), 0.25);
}

TEST_F(Watch, CountsGradientsThatAreNotFinite) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    const auto x = torch::ones({3}, torch::requires_grad());
    (watch(x * 1, "x") * torch::tensor({1.0F, NAN, INFINITY})).sum().backward();
    callback.on_batch_end({});
  }
  EXPECT_EQ(last_number("ActivationGradientNonFinite/x"), 2);
  EXPECT_EQ(last_histogram("ActivationGradients/x").count, 1);
  EXPECT_EQ(last_number("ActivationNonFinite/x"), 0);
}

TEST_F(Watch, WithoutANameDoesNoHarm) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    const auto x = torch::ones({3});
    EXPECT_TRUE(watch(x, nullptr).is_same(x));
    callback.on_batch_end(train_step());
  }
  EXPECT_EQ(last_histogram("Activations/second").count, 8);
}

TEST_F(Watch, TakesTheLastUseOfANameInAStep) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    const auto x = torch::ones({2}, torch::requires_grad());
    const auto first = watch(x * 3, "x");
    const auto last = watch(x * 5, "x");
    (first + last * 2).sum().backward();
    callback.on_batch_end({});
  }
  EXPECT_EQ(logged_steps()["Activations/x"], Steps{0});
  EXPECT_EQ(last_histogram("Activations/x").max, 5);
  EXPECT_EQ(last_histogram("ActivationGradients/x").max, 2);
}

TEST_F(Watch, DoesNotSeeAPassWithoutGradientsNorTheTraceOfTheGraph) {
  {
    TrainingCallback callback(*net_, optimizer_, options().statistics_every(1));
    callback.on_train_begin(torch::randn({1, 4}));
    {
      const torch::NoGradGuard no_grad;
      net_->forward(torch::full({1, 4}, 1e6));
    }
    callback.on_batch_end({});
  }
  EXPECT_EQ(logged_steps().count("ActivationZeros/second"), 0u);
}

TEST_F(Watch, DoesNotSeeOtherThreads) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    std::thread([] { watch(torch::ones({2}), "elsewhere"); }).join();
    callback.on_batch_end({});
  }
  EXPECT_EQ(logged_steps().count("Activations/elsewhere"), 0u);
}

TEST_F(Watch, OutlivesTheCallbackInAGraphThatIsKept) {
  const auto x = torch::ones({2}, torch::requires_grad());
  torch::Tensor loss;
  {
    TrainingCallback callback(*net_, optimizer_, options());
    loss = watch(x * 3, "x").sum();
    callback.on_batch_end({});
  }
  loss.backward();
  EXPECT_EQ(x.grad().sum().item<double>(), 6);
  EXPECT_TRUE(watch(x, "x").is_same(x));
}

TEST_F(Watch, BringsEachOfTwoTrainingsInAThreadItsOwn) {
  WatchedNet other_net;
  torch::optim::SGD other_optimizer(other_net->parameters(), 0.1);
  const auto other_directory = directory_.path() / "other";
  {
    TrainingCallback callback(*net_, optimizer_, options());
    TrainingCallback other(*other_net, other_optimizer,
                           options().log_directory(other_directory.string()));
    for (int i = 0; i < 6; ++i) {
      callback.on_batch_begin();
      watch(torch::full({2}, 1.0), "x");
      callback.on_batch_end({});
      watch(torch::full({2}, -1.0), "x");  // of neither
      other.on_batch_begin();
      watch(torch::full({2}, 2.0), "x");
      other.on_batch_end({});
    }
  }
  const auto all_values = [&](const std::filesystem::path& run) {
    std::vector<double> values;
    for (const auto& [step, summary] : testing::read_summaries(event_file(run))) {
      if (summary.tag == "Activations/x") {
        values.push_back(std::get<Histogram>(summary.value).min);
      }
    }
    return values;
  };
  EXPECT_EQ(all_values(run_directory()), (std::vector<double>{1, 1}));
  EXPECT_EQ(all_values(other_directory), (std::vector<double>{2, 2}));
}

TEST_F(Watch, SetsOneHookOnATensorThatOutlivesTheSteps) {
  const auto leaf = torch::ones({2}, torch::requires_grad());
  {
    TrainingCallback callback(*net_, optimizer_, options().histogram_every(1));
    for (int i = 0; i < 4; ++i) {
      (watch(leaf, "x") * (i + 2)).sum().backward();
      callback.on_batch_end({});
    }
  }
  // One more is as many behind the first.
  EXPECT_EQ(leaf.register_hook([](const torch::Tensor&) {}), 1u);
  EXPECT_EQ(logged_steps()["ActivationGradients/x"], (Steps{0, 1, 2, 3}));
  EXPECT_EQ(last_histogram("ActivationGradients/x").max, 5);
}

TEST_F(Watch, FollowsANameToAnotherTensor) {
  {
    TrainingCallback callback(*net_, optimizer_, options().histogram_every(1));
    for (int i = 0; i < 3; ++i) {
      const auto input = torch::ones({2}, torch::requires_grad());
      (watch(input, "x") * (i + 2)).sum().backward();
      callback.on_batch_end({});
    }
  }
  EXPECT_EQ(logged_steps()["ActivationGradients/x"], (Steps{0, 1, 2}));
  EXPECT_EQ(last_histogram("ActivationGradients/x").max, 4);
}

TEST_F(Watch, TellsTheDiagnosisOfUnitsThatAreNeverActive) {
  torch::nn::init::constant_(net_->first->bias, -100);
  TrainingCallback callback(*net_, optimizer_, options().statistics_every(1));
  for (int i = 0; i < 5; ++i) callback.on_batch_end(train_step());
  ASSERT_EQ(callback.findings().size(), 1u);
  EXPECT_EQ(callback.findings()[0].subject, "first.bias");
  EXPECT_EQ(callback.findings()[0].message,
            "All of what passes first.relu is zero since step 0: its units are never active, and "
            "100 % of the units of first get no gradient.");
}

TEST_F(Watch, TellsTheDiagnosisWhereValuesThatAreNotFiniteComeFrom) {
  TrainingCallback callback(*net_, optimizer_, options().statistics_every(1));
  callback.on_batch_end(train_step());
  EXPECT_TRUE(callback.findings().empty());
  {
    const torch::NoGradGuard no_grad;
    net_->first->bias.fill_(3e38);
    net_->first->weight.fill_(3e38);
  }
  callback.on_batch_end(train_step());
  const auto findings = callback.findings();
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].rule, "non-finite-values");
  EXPECT_EQ(findings[0].subject, "first.relu");
  EXPECT_EQ(findings[0].first_step, 1);
  EXPECT_EQ(std::count_if(findings.begin(), findings.end(),
                          [](const Finding& f) { return f.rule == "non-finite-values"; }),
            1);
}

TEST_F(Watch, CanBeSwitchedOff) {
  {
    TrainingCallback callback(*net_, optimizer_, options().activations(false));
    callback.on_batch_end(train_step());
  }
  EXPECT_EQ(logged_steps().count("Activations/second"), 0u);
}

TEST_F(Watch, FollowsACallbackToTheThreadThatTrains) {
  {
    auto callback = std::make_unique<TrainingCallback>(*net_, optimizer_, options());
    watch(torch::ones({3}), "here");
    std::thread([&] {
      callback->on_batch_begin();
      callback->on_batch_end(train_step());
      net_->forward(torch::randn({8, 4}));
      callback.reset();
      watch(torch::ones({3}), "there, too late");
    }).join();
    watch(torch::ones({3}), "here, too late");
  }
  EXPECT_EQ(last_histogram("Activations/second").count, 8);
  for (const auto& [tag, value] : last_values()) {
    EXPECT_EQ(tag.find("late"), std::string::npos) << tag;
    EXPECT_NE(tag, "Activations/here");
  }
}

TEST_F(Watch, SurvivesACallbackThatEndsWhereItBeganWhileAnotherThreadTrainedAndLivesOn) {
  auto callback = std::make_unique<TrainingCallback>(*net_, optimizer_, options());
  std::promise<void> trained, ended;
  std::thread trainer([&] {
    callback->on_batch_begin();
    trained.set_value();
    ended.get_future().wait();
    watch(torch::ones({3}), "too late");
    EXPECT_EQ(detail::activation_recorder, nullptr) << "each further one costs more than a branch";
  });
  trained.get_future().wait();
  callback.reset();
  ended.set_value();
  trainer.join();
  EXPECT_EQ(last_values().count("Activations/too late"), 0u);
}

TEST_F(Watch, StandsInASequentialAsAProbe) {
  torch::nn::Sequential net(torch::nn::Linear(4, 6), torch::nn::ReLU(), Probe("relu"),
                            torch::nn::Linear(6, 1));
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options());
    const auto loss = net->forward(torch::randn({8, 4})).mean();
    loss.backward();
    callback.on_batch_end({loss, {}, {}, {}});
  }
  EXPECT_EQ(last_histogram("Activations/relu").count, 48);
  EXPECT_EQ(last_histogram("ActivationGradients/relu").count, 48);
  EXPECT_EQ(c10::str(*net->ptr(2)), "suar::Probe(\"relu\")");
}

TEST_F(Watch, ChangesNothingInTheTraining) {
  const auto train = [&](bool with_callback) {
    torch::manual_seed(3);
    WatchedNet net;
    torch::optim::Adam optimizer(net->parameters(), 0.01);
    std::unique_ptr<TrainingCallback> callback;
    if (with_callback) {
      callback = std::make_unique<TrainingCallback>(*net, optimizer, options().histogram_every(1));
    }
    for (int i = 0; i < 10; ++i) {
      optimizer.zero_grad();
      const auto loss = net->forward(torch::randn({8, 4})).square().mean();
      loss.backward();
      optimizer.step();
      if (callback) callback->on_batch_end({loss, {}, {}, {}});
    }
    return torch::nn::utils::parameters_to_vector(net->parameters());
  };
  EXPECT_TRUE(torch::equal(train(true), train(false)));
}

}  // namespace
}  // namespace suar
