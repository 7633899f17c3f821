// What the options of the callback do.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <memory>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "training.h"
#include "writer_options.h"

namespace suar {
namespace {

using testing::read_events;
using testing::SmallNet;
using Steps = std::vector<int64_t>;

class CallbackOptionsTest : public testing::Training {
 protected:
  CallbackOptionsTest() : optimizer_(net_->parameters(), 0.1) {}

  void train(const CallbackOptions& options, int steps) {
    TrainingCallback callback(*net_, optimizer_, options);
    for (int i = 0; i < steps; ++i) callback.on_batch_end(train_step(net_, optimizer_));
  }

  std::set<std::string> logged_weights() const {
    std::set<std::string> names;
    for (const auto& [tag, steps] : logged_steps()) {
      if (tag.rfind("Weights/", 0) == 0) names.insert(tag.substr(8));
    }
    return names;
  }

  SmallNet net_;
  torch::optim::SGD optimizer_;
};

TEST_F(CallbackOptionsTest, ChooseTheParametersByTheirNames) {
  train(options().include({"^conv", "bias$"}).exclude({"fc"}), 1);
  EXPECT_EQ(logged_weights(), (std::set<std::string>{"conv.weight", "conv.bias"}));
}

TEST_F(CallbackOptionsTest, ExcludeParametersFromAllThereAre) {
  train(options().exclude({"bias$"}), 1);
  EXPECT_EQ(logged_weights(), (std::set<std::string>{"conv.weight", "fc.weight"}));
}

TEST_F(CallbackOptionsTest, ThatAreNoRegularExpressionsAreAnErrorThatSaysSo) {
  try {
    train(options().include({"conv("}), 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("conv("), std::string::npos) << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(run_directory()));
}

TEST_F(CallbackOptionsTest, ThatChooseNoParameterAreAnErrorThatShowsAName) {
  try {
    train(options().include({"^backbone"}), 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("\"fc.bias\""), std::string::npos) << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(run_directory()));
}

TEST_F(CallbackOptionsTest, ThatHaveAnExpressionWhichFindsNothingAreAnErrorThatNamesIt) {
  for (const CallbackOptions& chosen :
       {options().include({"^conv", "^fcc"}), options().exclude({"bias$", "^fcc"})}) {
    try {
      train(chosen, 1);
      FAIL();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("\"^fcc\""), std::string::npos) << error.what();
    }
  }
  EXPECT_FALSE(std::filesystem::exists(run_directory()));
}

TEST_F(CallbackOptionsTest, MayHaveAnExpressionThatFitsOnlyOneOfSeveralModels) {
  SmallNet other;
  torch::optim::SGD other_optimizer(other->parameters(), 0.1);
  TrainingCallback({{"a", *net_, optimizer_}, {"b", *other, other_optimizer}},
                   options().include({"^a.conv", "^b.fc"}).exclude({"^a.*bias$"}))
      .on_batch_end({});
  EXPECT_EQ(logged_weights(), (std::set<std::string>{"a.conv.weight", "b.fc.weight", "b.fc.bias"}));
}

TEST_F(CallbackOptionsTest, ThatChooseParametersLeaveTheNormOverAllGradients) {
  double norm = 0;
  {
    TrainingCallback callback(*net_, optimizer_, options().include({"^conv.weight$"}));
    for (int i = 0; i < 3; ++i) {  // the last is one on which no statistics are due
      callback.on_batch_end(train_step(net_, optimizer_));
      double square = 0;
      for (const auto& parameter : net_->parameters()) {
        square += parameter.grad().square().sum().item<double>();
      }
      norm = std::sqrt(square);
      EXPECT_GT(norm, 1.1 * net_->conv->weight.grad().norm().item<double>());
    }
  }
  EXPECT_EQ(logged_steps()["TotalGradientNorm"], (Steps{0, 2}));
  EXPECT_NEAR(last_number("TotalGradientNorm"), norm, 1e-5 * norm);
}

TEST_F(CallbackOptionsTest, ThatChooseParametersLeaveTheirNormWithTheStatistics) {
  TrainingCallback(*net_, optimizer_, options().include({"^conv.weight$"}))
      .on_batch_end(train_step(net_, optimizer_));
  double square = 0;
  for (const auto& parameter : net_->parameters()) {
    square += parameter.grad().square().sum().item<double>();
  }
  EXPECT_NEAR(last_number("TotalGradientNorm"), std::sqrt(square), 1e-5 * std::sqrt(square));
}

TEST_F(CallbackOptionsTest, ThatMakeNoSenseAreAnError) {
  EXPECT_THROW(train(options().accumulate_batches(0), 1), Error);
  EXPECT_THROW(train(options().sample_images(-3), 1), Error);
  EXPECT_THROW(train(options().sample_range(PixelRange{1, 0}), 1), Error);
  EXPECT_THROW(train(options().epochs(-2), 1), Error);
  EXPECT_THROW(train(options().steps_per_epoch(-1), 1), Error);
  EXPECT_THROW(train(options().flush_interval(std::chrono::milliseconds(-1)), 1), Error);
  EXPECT_THROW(train(options().purge_step(-5), 1), Error);
  EXPECT_THROW(train(options().log_directory("").purge_step(100), 1), Error);
  EXPECT_THROW(options().scalar_every(-1), Error);
  EXPECT_THROW(train(options().metrics({{"f1", nullptr}}), 1), Error);
  EXPECT_THROW(train(options().metrics({{"", [](const Batch&) { return 1.0; }}}), 1), Error);
  EXPECT_FALSE(std::filesystem::exists(run_directory()));
}

TEST_F(CallbackOptionsTest, ThatNameAMetricTwiceAreAnErrorThatSaysSo) {
  const auto metric = [](const std::string& name) {
    return MetricFunction{name, [](const Batch&) { return 2.0; }};
  };
  for (const auto& metrics : {std::vector{metric("loss")}, std::vector{metric("Loss/train")},
                              std::vector{metric("f1"), metric("F1")}}) {
    try {
      train(options().metrics(metrics), 1);
      FAIL();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("/train"), std::string::npos) << error.what();
    }
  }
}

TEST_F(CallbackOptionsTest, MayMeasureTheAccuracyInAnotherWay) {
  train(options().metrics({{"accuracy", [](const Batch&) { return 0.125; }}}), 3);
  EXPECT_EQ(logged_steps()["Accuracy/train"], (Steps{0, 2}));
  EXPECT_EQ(last_number("Accuracy/train"), 0.125);
}

TEST_F(CallbackOptionsTest, AddMetricsOfOnesOwn) {
  train(options().metrics({{"f1", [](const Batch& batch) { return batch.input.size(0) / 16.0; }},
                           {"Own/tag", [](const Batch&) { return 2.0; }}}),
        3);
  EXPECT_EQ(logged_steps()["F1/train"], (Steps{0, 2}));
  EXPECT_EQ(last_number("F1/train"), 0.5);
  EXPECT_EQ(last_number("Own/tag"), 2);
}

TEST_F(CallbackOptionsTest, MayAddAMetricThatThrowsWithoutHarmToTheOthers) {
  ::testing::internal::CaptureStderr();
  train(options().metrics(
            {{"f1", [](const Batch&) -> double { throw std::runtime_error("no positives."); }}}),
        3);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "suar: cannot log the metric f1: no positives. Training goes on.\n");
  EXPECT_EQ(logged_steps()["Accuracy/train"], (Steps{0, 2}));
  EXPECT_EQ(logged_steps()["LearningRate"], (Steps{0, 2}));
}

TEST_F(CallbackOptionsTest, LogTheNormOverAllGradients) {
  train(options(), 1);
  double squares = 0;
  for (const auto& parameter : net_->parameters()) {
    squares += parameter.grad().to(torch::kDouble).square().sum().item<double>();
  }
  EXPECT_NEAR(last_number("TotalGradientNorm"), std::sqrt(squares), 1e-6 * std::sqrt(squares));
}

TEST_F(CallbackOptionsTest, LogThatNormWithTheStatisticsAlsoWithoutHistogramsOfGradients) {
  train(options().gradients(false), 6);
  EXPECT_EQ(logged_steps()["TotalGradientNorm"], (Steps{0, 5}));
  EXPECT_EQ(logged_steps().count("Gradients/conv.weight"), 0u);
}

TEST_F(CallbackOptionsTest, LogTheAccuracyOfTheSamplesThatHaveAClass) {
  const auto output = torch::tensor({{9.0f, 0.0f}, {9.0f, 0.0f}, {9.0f, 0.0f}, {0.0f, 9.0f}});
  const auto target = torch::tensor({0, 1, -100, 2}, torch::kLong);
  // Also where they cannot be read in place.
  for (const auto& scores : {output, output.to(torch::kDouble)}) {
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end({{}, scores, target, {}});
    }
    EXPECT_EQ(last_number("Accuracy/train"), 0.5);
    std::filesystem::remove_all(run_directory());
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end({{}, scores, torch::full({4}, -100, torch::kLong), {}});
    }
    EXPECT_EQ(logged_steps().count("Accuracy/train"), 0u) << "nothing was judged";
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackOptionsTest, LogTheAccuracyOfThePixelsOfASegmentation) {
  // Two classes, three pixels in a row, of which the last is ignored.
  const auto output = torch::tensor({9.0f, 9.0f, 9.0f, 0.0f, 0.0f, 0.0f}).reshape({1, 2, 1, 3});
  for (const auto type : {torch::kLong, torch::kByte}) {
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end(
          {{}, output, torch::tensor({0, 1, 255}).reshape({1, 1, 3}).to(type), {}});
    }
    EXPECT_EQ(last_number("Accuracy/train"), 0.5);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackOptionsTest, LogTheAccuracyOfTargetsWithADimensionOfSizeOneAndOfTruthValues) {
  const auto scores = torch::tensor({{9.0f, 0.0f}, {9.0f, 0.0f}, {9.0f, 0.0f}, {0.0f, 9.0f}});
  const auto target = torch::tensor({0, 1, 0, 1}, torch::kLong);
  const std::vector<std::pair<torch::Tensor, torch::Tensor>> batches = {
      {scores, target},
      {scores, target.unsqueeze(1)},
      {scores, target.to(torch::kBool)},
      {scores, target.to(torch::kBool).unsqueeze(1)},
      {scores.to(torch::kDouble), target.to(torch::kBool)},
      {scores.reshape({4, 2, 1, 1}), target.reshape({4, 1, 1, 1})},
      {scores.reshape({4, 2, 1, 1}), target.reshape({4, 1, 1}).to(torch::kBool)}};
  for (const auto& [output, classes] : batches) {
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end({{}, output, classes, {}});
      callback.on_epoch_end();
    }
    EXPECT_EQ(last_number("Accuracy/train"), 0.75) << classes.sizes();
    const auto values = last_values();
    ASSERT_EQ(values.count("ConfusionMatrix/train/counts"), 1u) << classes.sizes();
    EXPECT_EQ(std::get<Text>(values.at("ConfusionMatrix/train/counts")).markdown,
              "| true \\ predicted | 0 | 1 |\n|---|---|---|\n| 0 | 2 | 0 |\n| 1 | 1 | 1 |\n")
        << classes.sizes();
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackOptionsTest, LogTheAccuracyOfMoreClassesThanTheTypeOfTheTargetsCanCount) {
  for (const auto& [type, classes] :
       {std::pair(torch::kByte, 256), std::pair(torch::kByte, 300), std::pair(torch::kChar, 128)}) {
    const auto target = torch::tensor({0, 10, 44, 100, 127});
    auto output = torch::zeros({5, classes});
    for (int64_t i = 0; i < 5; ++i) output[i][target[i].item<int64_t>()] = 1;
    output[4][3] = 2;
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end({{}, output, target.to(type), {}});
    }
    EXPECT_NEAR(last_number("Accuracy/train"), 0.8, 1e-6) << type << " of " << classes;
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackOptionsTest, LogNoAccuracyOfOneScoreASampleButAMetricOfIt) {
  const auto logits = torch::tensor({2.0f, -1.0f, 0.25f, -3.0f});
  const auto target = torch::tensor({1.0f, 0.0f, 0.0f, 0.0f});
  for (const auto& output : {logits, logits.unsqueeze(1)}) {
    const Batch batch{{}, output, target.reshape(output.sizes()), {}};
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end(batch);
    }
    EXPECT_EQ(logged_steps().count("Accuracy/train"), 0u);
    std::filesystem::remove_all(run_directory());
    {
      TrainingCallback callback(*net_, optimizer_,
                                options().metrics({{"accuracy", [](const Batch& given) {
                                                      return given.output.gt(0)
                                                          .eq(given.target.gt(0.5))
                                                          .to(torch::kFloat)
                                                          .mean()
                                                          .item<double>();
                                                    }}}));
      callback.on_batch_end(batch);
    }
    EXPECT_EQ(last_number("Accuracy/train"), 0.75);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackOptionsTest, SwitchOffWhatIsRecordedOfTheParameters) {
  const auto groups = [&](const CallbackOptions& options) {
    train(options, 1);
    std::set<std::string> groups;
    for (const auto& [tag, steps] : logged_steps()) {
      if (const auto slash = tag.find('/'); slash != std::string::npos) {
        groups.insert(tag.substr(0, slash));
      }
    }
    std::filesystem::remove_all(run_directory());
    return groups;
  };
  const auto all = groups(options());
  const auto without = [&](const CallbackOptions& options) {
    std::set<std::string> missing = all;
    for (const std::string& group : groups(options)) missing.erase(group);
    return missing;
  };
  using Groups = std::set<std::string>;
  EXPECT_EQ(without(options().weights(false)), Groups{"Weights"});
  EXPECT_EQ(without(options().gradients(false)), Groups{"Gradients"});
  EXPECT_EQ(without(options().updates(false)),
            (Groups{"Updates", "UpdateNorm", "UpdateMeanAbs", "UpdateZeros", "UpdateNonFinite",
                    "UpdateRatio"}));
}

TEST_F(CallbackOptionsTest, SwitchOffTheGraph) {
  for (const bool wanted : {true, false}) {
    {
      TrainingCallback callback(*net_, optimizer_, options().graph(wanted));
      callback.on_train_begin(torch::rand({1, 1, 8, 8}));
    }
    const auto events = read_events(event_file(run_directory()));
    EXPECT_EQ(std::any_of(events.begin(), events.end(),
                          [](const Event& event) {
                            return std::holds_alternative<SerializedGraph>(event.what);
                          }),
              wanted);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackOptionsTest, PrintFindingsWhereThatIsWanted) {
  const auto printed = [&](bool wanted) {
    ::testing::internal::CaptureStderr();
    {
      TrainingCallback callback(*net_, optimizer_, options().print_findings(wanted));
      callback.on_batch_end({torch::tensor(NAN), {}, {}, {}});
      EXPECT_EQ(callback.findings().size(), 1u);
    }
    EXPECT_EQ(logged_steps()["Diagnosis"], Steps{0});
    std::filesystem::remove_all(run_directory());
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(printed(true).rfind("suar: error: ", 0), 0u);
  EXPECT_EQ(printed(false), "");
}

TEST_F(CallbackOptionsTest, SwitchOffTheProgress) {
  const auto printed = [&](bool wanted) {
    ::testing::internal::CaptureStderr();
    {
      TrainingCallback callback(*net_, optimizer_, options().progress(wanted).epochs(3));
      callback.on_batch_end(train_step(net_, optimizer_));
      callback.on_epoch_end({{"loss", 0.5}});
    }
    std::filesystem::remove_all(run_directory());
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(printed(true), "epoch 1/3  validation  loss 0.5\n");
  EXPECT_EQ(printed(false), "");
}

TEST_F(CallbackOptionsTest, SayWhenMemoryAndCpuAreLogged) {
  train(options().system_every(3), 5);
  EXPECT_EQ(logged_steps()["System/memory_mb"], (Steps{0, 3}));
  EXPECT_EQ(logged_steps()["System/cpu_percent"], (Steps{0, 3}));
}

TEST_F(CallbackOptionsTest, MayBeTheDirectoryAloneInAnyForm) {
  const std::filesystem::path path = "runs/a";
  const std::string text = "runs/a";
  for (const CallbackOptions& options : {CallbackOptions(path), CallbackOptions(text),
                                         CallbackOptions("runs/a"), CallbackOptions{path / ""}}) {
    EXPECT_EQ(std::filesystem::path(options.log_directory()) / "b", "runs/a/b");
  }
  TrainingCallback callback(*net_, optimizer_, run_directory());
  EXPECT_EQ(callback.log_directory(), run_directory());
}

TEST_F(CallbackOptionsTest, ReachTheWriterOfTheRun) {
  const auto asked = make_writer_options(options()
                                             .flush_interval(std::chrono::milliseconds(7))
                                             .full_queue(FullQueue::drop)
                                             .purge_step(5));
  EXPECT_EQ(asked.flush_interval, std::chrono::milliseconds(7));
  EXPECT_EQ(asked.full_queue, FullQueue::drop);
  EXPECT_EQ(asked.purge_step, 5);
  EXPECT_EQ(make_writer_options(options()).full_queue, FullQueue::block);
}

TEST_F(CallbackOptionsTest, GoOnWithARunAtTheStepThatTheyName) {
  train(options(), 5);
  {
    TrainingCallback callback(*net_, optimizer_, options().purge_step(3));
    EXPECT_EQ(callback.log_directory(), run_directory());
    for (int i = 0; i < 3; ++i) callback.on_batch_end(train_step(net_, optimizer_));
    EXPECT_EQ(callback.step(), 6);
  }
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(run_directory())) {
    files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(read_events(files[1]).at(1).step, 3) << "the step of the SessionLog";
  Steps steps;
  for (const auto& [step, summary] : testing::read_summaries(files[1])) {
    if (summary.tag == "Loss/train") steps.push_back(step);
  }
  EXPECT_EQ(steps, (Steps{4, 5}));  // 5 for the statistics
}

TEST_F(CallbackOptionsTest, LogNotesAndWhatTheTrainingWasBegunWith) {
  train(options().notes("With *less* data.").hyper_parameters({{"lr", 0.1}, {"nesterov", false}}),
        1);
  const auto values = last_values();
  EXPECT_EQ(std::get<Text>(values.at("Notes")).markdown, "With *less* data.");
  EXPECT_EQ(values.count("_hparams_/session_start_info"), 1u);
  EXPECT_EQ(values.count("_hparams_/session_end_info"), 1u);
}

/// Behind the status follows the time.
std::string status_in(const std::string& session_end) {
  return session_end.substr(0, 4);
}

TEST_F(CallbackOptionsTest, TellOfATrainingThatAnExceptionEnded) {
  const auto status_of = [&](const auto& train) {
    train(options()
              .hyper_parameters({{"lr", 0.1}})
              .scalar_every(1)
              .flush_interval(std::chrono::hours(1)));
    std::string status;
    for (const auto& [step, summary] : testing::read_summaries(event_file(run_directory()))) {
      if (summary.tag == "_hparams_/session_end_info") status = status_in(summary.plugin.content);
    }
    EXPECT_EQ(logged_steps()["Loss/train"], Steps{0});
    std::filesystem::remove_all(run_directory());
    return status;
  };
  const auto expected = [](SessionStatus status) {
    return status_in(make_session_end(status, 1).plugin.content);
  };
  ASSERT_NE(expected(SessionStatus::success), expected(SessionStatus::failure));
  const auto fail = [] { throw std::runtime_error("out of memory"); };
  const auto one_step = [&](const CallbackOptions& chosen) {
    auto callback = std::make_unique<TrainingCallback>(*net_, optimizer_, chosen);
    callback->on_batch_end({torch::ones({})});
    return callback;
  };
  EXPECT_EQ(status_of([&](const auto& chosen) { one_step(chosen); }),
            expected(SessionStatus::success));
  EXPECT_EQ(status_of([&](const auto& chosen) {
              EXPECT_THROW(
                  {
                    const auto callback = one_step(chosen);
                    fail();
                  },
                  std::runtime_error);
            }),
            expected(SessionStatus::failure));
  EXPECT_EQ(status_of([&](const auto& chosen) {
              const auto callback = one_step(chosen);
              EXPECT_THROW(fail(), std::runtime_error);
              callback->on_exception();
            }),
            expected(SessionStatus::failure));
  EXPECT_EQ(status_of([&](const auto& chosen) {
              const auto end_uncaught = [&]() noexcept {
                const auto callback = one_step(chosen);
                fail();
              };
              EXPECT_EXIT(end_uncaught(), ::testing::KilledBySignal(SIGABRT), "out of memory");
            }),
            expected(SessionStatus::failure));
}

TEST_F(CallbackOptionsTest, CountStepsOfTheOptimizerWhenGradientsAreAccumulated) {
  double norm = 0;
  {
    TrainingCallback callback(*net_, optimizer_, options().accumulate_batches(3));
    for (int i = 0; i < 7; ++i) {
      const Batch batch = forward_and_backward(net_);
      callback.on_after_backward();
      if (i % 3 == 2) {
        if (i == 2) norm = net_->fc->weight.grad().norm().item<double>();
        optimizer_.step();
        optimizer_.zero_grad();
      }
      callback.on_batch_end(batch);
    }
    EXPECT_EQ(callback.step(), 2);
  }
  EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 2})) << "the last one was of one batch";
  EXPECT_NEAR(last_number("GradientNorm/fc.weight"), norm, 1e-6 * norm);
  EXPECT_GT(last_number("UpdateRatio/fc.weight"), 0);
}

TEST_F(CallbackOptionsTest, ReadTheGradientsOfAShortStepBeforeTheyAreZeroed) {
  double norm = 0;
  {
    TrainingCallback callback(*net_, optimizer_,
                              options().accumulate_batches(4).scalar_every(1).statistics_every(1));
    for (int i = 0; i < 5; ++i) {
      const Batch batch = forward_and_backward(net_);
      const bool is_last = i == 3 || i == 4;
      norm = net_->fc->weight.grad().norm().item<double>();
      if (is_last) optimizer_.step();
      callback.on_batch_end(batch);
      if (is_last) optimizer_.zero_grad();
    }
    callback.on_epoch_end();
  }
  EXPECT_EQ(logged_steps()["GradientNorm/fc.weight"], (Steps{0, 1}));
  EXPECT_NEAR(last_number("GradientNorm/fc.weight"), norm, 1e-6 * norm);
  EXPECT_GT(last_number("UpdateRatio/fc.weight"), 0);
  EXPECT_GT(last_number("TotalGradientNorm"), 0);
}

TEST_F(CallbackOptionsTest, KeepTheLastBatchOfAShortStepAlsoWhenItsMemoryIsFilledAnew) {
  {
    TrainingCallback callback(*net_, optimizer_, options().accumulate_batches(4));
    float loss = 0.5F;
    std::vector<float> scores{9, 0, 9, 0};
    std::vector<int64_t> classes{0, 1};
    callback.on_batch_end({torch::from_blob(&loss, {}, torch::kFloat),
                           torch::from_blob(scores.data(), {2, 2}, torch::kFloat),
                           torch::from_blob(classes.data(), {2}, torch::kLong),
                           {}});
    loss = 7;
    std::fill(scores.begin(), scores.end(), -1.0F);
    std::fill(classes.begin(), classes.end(), 94836511553248);
    callback.on_epoch_end();
  }
  EXPECT_EQ(last_number("Loss/train"), 0.5);
  EXPECT_EQ(last_number("Accuracy/train"), 0.5);
  EXPECT_EQ(std::get<Text>(last_values().at("ConfusionMatrix/train/counts")).markdown,
            "| true \\ predicted | 0 | 1 |\n|---|---|---|\n| 0 | 1 | 0 |\n| 1 | 1 | 0 |\n");
}

TEST_F(CallbackOptionsTest, CountTheStepThatTheOptimizerMakesAfterTheLastBatchesOfAnEpoch) {
  for (const bool ends_epochs : {true, false}) {
    std::vector<double> losses, norms;
    int64_t optimizer_steps = 0;
    {
      TrainingCallback callback(
          *net_, optimizer_, options().accumulate_batches(3).scalar_every(1).statistics_every(1));
      for (int epoch = 0; epoch < 3; ++epoch) {
        callback.on_epoch_begin(epoch);
        EXPECT_EQ(callback.step(), optimizer_steps);
        for (int i = 0; i < 4; ++i) {
          const Batch batch = forward_and_backward(net_);
          callback.on_after_backward();
          if (i % 3 == 2 || i == 3) {
            losses.push_back(batch.loss.item<double>());
            norms.push_back(net_->fc->weight.grad().norm().item<double>());
            optimizer_.step();
            optimizer_.zero_grad();
            ++optimizer_steps;
          }
          callback.on_batch_end(batch);
        }
        if (ends_epochs) callback.on_epoch_end({{"loss", 0.5}});
      }
      callback.on_train_end();
      EXPECT_EQ(callback.step(), optimizer_steps);
    }
    EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 1, 2, 3, 4, 5}));
    if (ends_epochs) {
      EXPECT_EQ(logged_steps()["Loss/validation"], (Steps{1, 3, 5}));
    }
    for (const auto& [step, summary] : testing::read_summaries(event_file(run_directory()))) {
      const auto at = static_cast<std::size_t>(step);
      const auto value = [&, &summary = summary] { return std::get<double>(summary.value); };
      if (summary.tag == "Loss/train") {
        EXPECT_NEAR(value(), losses.at(at), 1e-6);
      }
      if (summary.tag == "GradientNorm/fc.weight") {
        EXPECT_NEAR(value(), norms.at(at), 1e-5);
      }
    }
    std::filesystem::remove_all(run_directory());
  }
}

}  // namespace
}  // namespace suar
