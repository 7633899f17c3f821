#include <map>
#include <set>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>
#include <suar/watch.h>

#include "failure_reason.h"
#include "training.h"

namespace suar {
namespace {

using testing::read_events;
using testing::SmallNet;

class TrainingCallbackTest : public testing::Training {};

TEST_F(TrainingCallbackTest, LogsEveryTagAtTheStepsWhereItIsDue) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  {
    TrainingCallback callback(*net, optimizer, options());
    callback.on_train_begin(torch::rand({1, 1, 8, 8}));
    for (int epoch = 0; epoch < 2; ++epoch) {
      callback.on_epoch_begin(epoch);
      for (int i = 0; i < 6; ++i) {
        callback.on_batch_begin();
        callback.on_batch_end(train_step(net, optimizer));
      }
      callback.on_epoch_end({{"loss", 0.5}, {"accuracy", 0.7}, {"f1", 0.6}});
    }
    EXPECT_EQ(callback.step(), 12);
    callback.on_train_end();
  }
  const std::vector<int64_t> scalar_steps = {0, 2, 4, 5, 6, 8, 10}, histogram_steps = {0, 5, 10},
                             epoch_steps = {5, 11};
  std::map<std::string, std::vector<int64_t>> expected = {
      {"Loss/train", scalar_steps},
      {"Accuracy/train", scalar_steps},
      {"LearningRate", scalar_steps},
      {"Loss/validation", epoch_steps},
      {"TotalGradientNorm", scalar_steps},
      {"StepTime/total", scalar_steps},
      {"StepTime/data", scalar_steps},
      {"Throughput/steps", scalar_steps},
      {"Throughput/samples", scalar_steps},
      {"System/memory_mb", {0}},
      {"System/cpu_percent", {0}},
      {"Accuracy/validation", epoch_steps},
      {"F1/validation", epoch_steps},
      {"Samples/train", epoch_steps},
      {"Samples/train/captions", epoch_steps},
      {"Samples/train/tiles", epoch_steps},
      {"ConfusionMatrix/train", epoch_steps},
      {"ConfusionMatrix/train/counts", epoch_steps},
      {"Filters/conv.weight", epoch_steps}};
  for (const char* parameter : {"conv.weight", "conv.bias", "fc.weight", "fc.bias"}) {
    for (const char* histogram : {"Weights/", "Gradients/", "Updates/"}) {
      expected[std::string(histogram) + parameter] = histogram_steps;
    }
    for (const auto& tag : statistic_tags())
      expected[tag.prefix + std::string(parameter)] = histogram_steps;
  }
  EXPECT_EQ(logged_steps(), expected);
}

TEST_F(TrainingCallbackTest, LogsNumbersThatAgreeWithTheTensors) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.25);
  TrainingCallback callback(*net, optimizer, options());
  const auto before = net->fc->weight.detach().clone();
  const Batch batch = train_step(net, optimizer);
  callback.on_batch_end(batch);
  callback.on_train_end();
  const auto values = last_values();
  const auto scalar = [&](const std::string& tag) { return std::get<double>(values.at(tag)); };
  const auto& weight = net->fc->weight;
  const auto update = (weight - before).norm().item<double>();
  EXPECT_NEAR(scalar("Loss/train"), batch.loss.item<double>(), 1e-6);
  const auto correct = batch.output.argmax(1).eq(batch.target).sum().item<double>();
  EXPECT_NEAR(scalar("Accuracy/train"), correct / 8, 1e-6);
  EXPECT_NEAR(scalar("LearningRate"), 0.25, 1e-6);
  EXPECT_NEAR(scalar("WeightNorm/fc.weight"), weight.norm().item<double>(), 1e-5);
  EXPECT_NEAR(scalar("GradientNorm/fc.weight"), weight.grad().norm().item<double>(), 1e-5);
  EXPECT_NEAR(scalar("GradientMeanAbs/fc.weight"), weight.grad().abs().mean().item<double>(), 1e-6);
  EXPECT_NEAR(scalar("UpdateRatio/fc.weight"), update / weight.norm().item<double>(), 1e-6);
  EXPECT_EQ(scalar("GradientNonFinite/fc.weight"), 0);
  EXPECT_EQ(std::get<Histogram>(values.at("Weights/conv.weight")).count, 4 * 9);
}

TEST_F(TrainingCallbackTest, ChangesNothingInTheTraining) {
  const auto train = [&](bool with_callback) {
    torch::manual_seed(3);
    SmallNet net;
    net->train();
    torch::optim::Adam optimizer(net->parameters(), 0.01);
    std::unique_ptr<TrainingCallback> callback;
    if (with_callback) {
      callback = std::make_unique<TrainingCallback>(*net, optimizer, options().histogram_every(1));
      callback->on_train_begin(torch::zeros({1, 1, 8, 8}));
    }
    for (int i = 0; i < 10; ++i) {
      const Batch batch = train_step(net, optimizer);
      if (callback) callback->on_batch_end(batch);
    }
    if (callback) callback->on_epoch_end();
    EXPECT_TRUE(net->is_training());
    return torch::nn::utils::parameters_to_vector(net->parameters());
  };
  EXPECT_TRUE(torch::equal(train(true), train(false)));
}

/// A net whose forward pass draws random numbers and has a state of its own.
struct RandomNetImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    x = watch(torch::relu(norm->forward(conv->forward(x))), "relu");
    return fc->forward(dropout->forward(x).flatten(1));
  }
  torch::nn::Conv2d conv{register_module("conv", torch::nn::Conv2d(1, 4, 3))};
  torch::nn::BatchNorm2d norm{register_module("norm", torch::nn::BatchNorm2d(4))};
  torch::nn::Dropout dropout{register_module("dropout", torch::nn::Dropout(0.25))};
  torch::nn::Linear fc{register_module("fc", torch::nn::Linear(4 * 6 * 6, 3))};
};

/// Trains two epochs of three batches each, with all hooks that there are.
void train_with_all_hooks(RandomNetImpl& net, Callback& callback) {
  torch::optim::Adam optimizer(net.parameters(), 0.01);
  callback.on_train_begin(torch::rand({2, 1, 8, 8}));
  for (int epoch = 0; epoch < 2; ++epoch) {
    callback.on_epoch_begin(epoch);
    for (int i = 0; i < 3; ++i) {
      const auto input = torch::rand({8, 1, 8, 8});
      const auto target = torch::randint(3, {8}, torch::kLong);
      callback.on_batch_begin();
      optimizer.zero_grad();
      const auto output = net.forward(input);
      const auto loss = torch::nn::functional::cross_entropy(output, target);
      callback.on_before_backward();
      loss.backward();
      callback.on_after_backward();
      optimizer.step();
      callback.on_batch_end({loss, output, target, input});
    }
    callback.on_validation_end({{"loss", 0.5}});
    callback.on_epoch_end({{"accuracy", 0.5}});
  }
  callback.on_train_end();
}

TEST_F(TrainingCallbackTest, ChangesNothingInATrainingThatIsRandomAndHasAState) {
  const auto train = [&](bool with_callback) {
    torch::manual_seed(3);
    RandomNetImpl net;
    torch::optim::SGD unused(net.parameters(), 0.1);
    if (with_callback) {
      TrainingCallback callback(
          net, unused, options().scalar_every(1).histogram_every(2).image_every(1).system_every(1));
      train_with_all_hooks(net, callback);
    } else {
      Callback none;
      train_with_all_hooks(net, none);
    }
    auto state = net.parameters();
    for (const torch::Tensor& buffer : net.buffers()) state.push_back(buffer);
    state.push_back(torch::rand({4}));  // what would come next
    return state;
  };
  const auto with = train(true), without = train(false);
  ASSERT_EQ(with.size(), without.size());
  for (std::size_t i = 0; i < with.size(); ++i) EXPECT_TRUE(torch::equal(with[i], without[i])) << i;
  const auto steps = logged_steps();
  EXPECT_EQ(steps.count("Samples/train") + steps.count("Activations/relu"), 2u) << "it was at work";
}

TEST_F(TrainingCallbackTest, LogsWhereTheTimeGoesAndWhatIsWatchedWhereItIsDue) {
  {
    RandomNetImpl net;
    torch::optim::SGD optimizer(net.parameters(), 0.1);
    TrainingCallback callback(net, optimizer, options().system_every(3));
    train_with_all_hooks(net, callback);
  }
  const std::vector<int64_t> scalar_steps = {0, 2, 4, 5}, histogram_steps = {0, 5};
  auto steps = logged_steps();
  for (const char* part : {"total", "data", "forward", "backward", "optimizer"}) {
    EXPECT_EQ(steps[std::string("StepTime/") + part], scalar_steps) << part;
  }
  for (const char* tag : {"Activations/relu", "ActivationZeros/relu", "ActivationNonFinite/relu",
                          "ActivationGradients/relu", "ActivationGradientNonFinite/relu"}) {
    EXPECT_EQ(steps[tag], histogram_steps) << tag;
  }
  EXPECT_EQ(steps["System/memory_mb"], (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(steps["System/cpu_percent"], (std::vector<int64_t>{0, 3}));
}

TEST_F(TrainingCallbackTest, LogsTheGraphWithUniqueNodesWhoseInputsExist) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  TrainingCallback callback(*net, optimizer, options());
  callback.on_train_begin(torch::rand({1, 1, 8, 8}));
  callback.on_train_end();
  std::string graph_def;
  for (const Event& event : read_events(event_file(callback.log_directory()))) {
    if (const auto* graph = std::get_if<SerializedGraph>(&event.what)) graph_def = graph->graph_def;
  }
  std::set<std::string> names;
  const Graph graph = parse_graph_def(graph_def);
  for (const GraphNode& node : graph.nodes)
    EXPECT_TRUE(names.insert(node.name).second) << node.name;
  for (const GraphNode& node : graph.nodes) {
    for (const auto& input : node.inputs) {
      EXPECT_TRUE(names.count(input.substr(0, input.rfind(':')))) << input;
    }
  }
  EXPECT_GE(names.size(), 8u);
}

TEST_F(TrainingCallbackTest, HasEverythingInTheFileWhenAnExceptionFliesThroughTheLoop) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  try {
    TrainingCallback callback(*net, optimizer, options());
    for (int i = 0; i < 3; ++i) callback.on_batch_end(train_step(net, optimizer));
    throw std::runtime_error("out of memory");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(logged_steps()["Loss/train"], (std::vector<int64_t>{0, 2}));
}

TEST_F(TrainingCallbackTest, RecordsTheLayersAtTheFirstLossThatIsNotFinite) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  TrainingCallback callback(*net, optimizer,
                            options().statistics_every(1000).histogram_every(1000));
  for (int i = 0; i < 7; ++i) {
    Batch batch = train_step(net, optimizer);
    if (i >= 3) batch.loss = batch.loss * NAN;
    callback.on_batch_end(batch);
  }
  callback.on_train_end();
  EXPECT_EQ(logged_steps()["Weights/fc.weight"], (std::vector<int64_t>{0, 4}));
  // Nothing was kept before step 4 that could tell its update.
  EXPECT_EQ(logged_steps()["Updates/fc.weight"], std::vector<int64_t>{0});
  EXPECT_EQ(logged_steps()["Diagnosis"], std::vector<int64_t>{4});
  ASSERT_EQ(callback.findings().size(), 1u);
  EXPECT_EQ(callback.findings()[0].rule, "non-finite-values");
}

TEST_F(TrainingCallbackTest, LogsFrozenParametersWithoutGradientsAndTiedOnesOnce) {
  struct TiedImpl : torch::nn::Module {
    TiedImpl() {
      first = register_module("first", torch::nn::Linear(4, 4));
      second = register_module("second", torch::nn::Linear(4, 4));
      second->weight = second->register_parameter("tied", first->weight);
      first->bias.set_requires_grad(false);
    }
    torch::Tensor forward(torch::Tensor x) { return second->forward(first->forward(x)); }
    torch::nn::Linear first{nullptr}, second{nullptr};
  };
  TiedImpl net;
  torch::optim::SGD optimizer(net.parameters(), 0.1);
  TrainingCallback callback(net, optimizer, options());
  net.forward(torch::rand({2, 4})).sum().backward();
  optimizer.step();
  callback.on_batch_end({});
  callback.on_train_end();
  const auto steps = logged_steps();
  EXPECT_EQ(steps.count("Weights/first.bias"), 1u);
  EXPECT_EQ(steps.count("Gradients/first.bias"), 0u);
  EXPECT_EQ(steps.count("Gradients/first.weight"), 1u);
  EXPECT_EQ(steps.count("Weights/second.tied"), 0u);
}

TEST_F(TrainingCallbackTest, GoesOnWhenSomethingCannotBeLogged) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  TrainingCallback callback(*net, optimizer, options());
  ::testing::internal::CaptureStderr();
  callback.on_train_begin(torch::rand({7}));  // the model does not take this
  Batch batch = train_step(net, optimizer);
  batch.loss = torch::rand({3});  // not one number
  callback.on_batch_end(batch);
  callback.on_batch_end(train_step(net, optimizer));
  callback.on_batch_end(train_step(net, optimizer));
  callback.on_train_end();
  const std::string messages = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(messages.find("cannot log the graph"), std::string::npos) << messages;
  EXPECT_NE(messages.find("cannot log the loss"), std::string::npos) << messages;
  EXPECT_EQ(logged_steps()["Loss/train"], std::vector<int64_t>{2});
}

TEST_F(TrainingCallbackTest, LogsTheLossOfABatchWhoseOutputIsOdd) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net, optimizer, options());
    Batch batch = train_step(net, optimizer);
    callback.log("mine", torch::full({}, 2.5));
    batch.output = torch::zeros({8, 3}, torch::kComplexFloat);
    callback.on_batch_end(batch);
    callback.on_batch_end(train_step(net, optimizer));
    // Of nested tensors LibTorch does not even tell the size.
    batch.output =
        at::_nested_tensor_from_mask(torch::rand({2, 3, 4}), torch::ones({2, 3}, torch::kBool));
    EXPECT_NO_THROW(callback.on_batch_end(batch));
    EXPECT_NO_THROW(callback.on_validation_batch_end(batch));
    callback.on_epoch_end();
  }
  const std::string messages = ::testing::internal::GetCapturedStderr();
  const auto logged = logged_steps();
  EXPECT_EQ(logged.at("Loss/train"), (std::vector<int64_t>{0, 2})) << messages;
  EXPECT_EQ(logged.at("mine"), std::vector<int64_t>{0}) << messages;
  EXPECT_EQ(logged.count("ConfusionMatrix/train"), 0u) << messages;
}

TEST_F(TrainingCallbackTest, TellsOneSentenceOfAFailureThatEndsWithAFullStop) {
  EXPECT_EQ(reason_in("no disk\nframe 0"), "no disk.");
  EXPECT_EQ(reason_in("No disk."), "No disk.");
  EXPECT_EQ(reason_in("The following operation failed in the TorchScript interpreter.\n"
                      "Traceback of TorchScript (most recent call last):\n"
                      "    raise AssertionError('bad')\n"
                      "RuntimeError: AssertionError: bad\n"
                      "\nException raised from run (most recent call first):\nframe #0: f"),
            "RuntimeError: AssertionError: bad.");
}

TEST_F(TrainingCallbackTest, PutsANewRunBesideAnOldOne) {
  SmallNet net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  const TrainingCallback first(*net, optimizer, options()), second(*net, optimizer, options());
  EXPECT_EQ(first.log_directory(), directory_.path() / "run");
  EXPECT_EQ(second.log_directory(), directory_.path() / "run_2");
}

TEST_F(TrainingCallbackTest, LogsTheLearningRateOfEachParameterGroup) {
  SmallNet net;
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(net->conv->parameters(), std::make_unique<torch::optim::SGDOptions>(0.1));
  groups.emplace_back(net->fc->parameters(), std::make_unique<torch::optim::SGDOptions>(0.2));
  torch::optim::SGD optimizer(groups, torch::optim::SGDOptions(0.3));
  TrainingCallback callback(*net, optimizer, options());
  callback.on_batch_end(train_step(net, optimizer));
  callback.on_train_end();
  const auto steps = logged_steps();
  EXPECT_EQ(steps.count("LearningRate/group0"), 1u);
  EXPECT_EQ(steps.count("LearningRate/group1"), 1u);
}

}  // namespace
}  // namespace suar
