// Distributed training: real processes, and what ends up in the run of rank 0.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <torch/torch.h>
#include <unistd.h>

#include <suar/event.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {
namespace {

namespace fs = std::filesystem;
using Steps = std::vector<int64_t>;

const std::vector<std::string> kParameters = {"first.weight", "first.bias", "second.weight",
                                              "second.bias"};

/// What a rank saw at a step, as rank_trainer.cpp saved it.
struct Seen {
  double loss;
  torch::Tensor output, target, hidden, hidden_gradient;
  std::vector<torch::Tensor> gradients, weights;
};

/// One training by several processes.
class Ranks {
 public:
  Ranks(std::string scenario, int size) : scenario_(std::move(scenario)), size_(size) {
    for (int rank = 0; rank < size; ++rank) processes_.push_back(start(rank));
  }

  ~Ranks() {
    for (const pid_t process : processes_) {
      if (process == 0) continue;
      kill(process, SIGKILL);
      waitpid(process, nullptr, 0);
    }
  }

  /// Waits for the end of a rank; returns its exit status.
  int wait(int rank) {
    int status = 0;
    waitpid(std::exchange(processes_.at(static_cast<std::size_t>(rank)), 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void expect_success() {
    for (int rank = 0; rank < size_; ++rank) EXPECT_EQ(wait(rank), 0) << messages(rank);
  }

  fs::path directory() const { return directory_.path(); }

  /// What a rank printed on stderr.
  std::string messages(int rank) const {
    return testing::read_file(directory() / ("messages_" + std::to_string(rank)));
  }

  std::vector<fs::path> event_files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory() / "run")) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  Seen seen(int rank, int64_t step) const {
    std::vector<torch::Tensor> tensors;
    torch::load(tensors, (directory() / ("rank_" + std::to_string(rank) + "_step_" +
                                         std::to_string(step) + ".pt"))
                             .string());
    const auto begin = tensors.begin() + 5;
    const auto middle = begin + static_cast<std::ptrdiff_t>(kParameters.size());
    return {
        tensors[0].item<double>(), tensors[1], tensors[2], tensors[3], tensors[4], {begin, middle},
        {middle, tensors.end()}};
  }

  torch::Tensor parameters(int rank) const {
    std::vector<torch::Tensor> tensors;
    torch::load(tensors,
                (directory() / ("rank_" + std::to_string(rank) + "_parameters.pt")).string());
    return torch::nn::utils::parameters_to_vector(tensors);
  }

  int size() const { return size_; }

 private:
  pid_t start(int rank) const {
    const std::string messages = directory() / ("messages_" + std::to_string(rank));
    const std::string number = std::to_string(rank), size = std::to_string(size_);
    const std::string directory_name = directory();
    const pid_t process = fork();
    if (process != 0) return process;
    if (std::freopen(messages.c_str(), "w", stderr) == nullptr) _exit(126);
    execl(SUAR_RANK_TRAINER, SUAR_RANK_TRAINER, scenario_.c_str(), number.c_str(), size.c_str(),
          directory_name.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }

  const testing::TemporaryDirectory directory_;
  const std::string scenario_;
  const int size_;
  std::vector<pid_t> processes_;  ///< 0 when it has ended
};

/// What was logged: by tag and step.
using Logged = std::map<std::string, std::map<int64_t, SummaryValue>>;

Logged read(const fs::path& file) {
  Logged logged;
  for (auto& [step, summary] : testing::read_summaries(file)) {
    logged[summary.tag][step] = std::move(summary.value);
  }
  return logged;
}

Steps steps_of(const Logged& logged, const std::string& tag) {
  Steps steps;
  const auto found = logged.find(tag);
  if (found == logged.end()) return steps;
  for (const auto& [step, value] : found->second) steps.push_back(step);
  return steps;
}

double number(const Logged& logged, const std::string& tag, int64_t step) {
  return std::get<double>(logged.at(tag).at(step));
}

/// All elements of all tensors.
std::vector<double> elements(const std::vector<torch::Tensor>& tensors) {
  std::vector<double> all;
  for (const auto& tensor : tensors) {
    const auto values = tensor.detach().to(torch::kDouble).contiguous();
    all.insert(all.end(), values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
  }
  return all;
}

double sum_of_squares(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

void expect_near(double actual, double expected, const std::string& what) {
  EXPECT_NEAR(actual, expected, 1e-6 * std::abs(expected) + 1e-12) << what;
}

/// Holds a histogram against a naive count of the values.
void expect_histogram_of(const std::vector<double>& values, const Logged& logged,
                         const std::string& tag, int64_t step) {
  ASSERT_TRUE(logged.count(tag) == 1 && logged.at(tag).count(step) == 1) << tag << " at " << step;
  const auto& histogram = std::get<Histogram>(logged.at(tag).at(step));
  ASSERT_FALSE(values.empty());
  double sum = 0;
  for (const double value : values) sum += value;
  EXPECT_EQ(histogram.count, static_cast<double>(values.size())) << tag;
  EXPECT_EQ(histogram.min, *std::min_element(values.begin(), values.end())) << tag;
  EXPECT_EQ(histogram.max, *std::max_element(values.begin(), values.end())) << tag;
  EXPECT_NEAR(histogram.sum, sum, 1e-6) << tag;
  expect_near(histogram.sum_squares, sum_of_squares(values), tag);
  double counted = 0;
  for (std::size_t i = 0; i < histogram.limits.size(); ++i) {
    counted += histogram.counts[i];
    const bool last = i + 1 == histogram.limits.size();
    const auto below = std::count_if(values.begin(), values.end(), [&](double value) {
      return value < histogram.limits[i] || (last && value == histogram.limits[i]);
    });
    EXPECT_EQ(counted, static_cast<double>(below)) << tag << " below " << histogram.limits[i];
  }
}

class DistributedTraining : public ::testing::TestWithParam<int> {};

TEST_P(DistributedTraining, BringsWhatAllRanksSawIntoOneRun) {
  Ranks ranks("plain", GetParam());
  ranks.expect_success();
  ASSERT_EQ(ranks.event_files().size(), 1u);
  const Logged logged = read(ranks.event_files()[0]);
  const double size = ranks.size();
  EXPECT_EQ(steps_of(logged, "Loss/train"), (Steps{0, 2, 4, 6, 8}));
  EXPECT_EQ(steps_of(logged, "Gradients/first.weight"), (Steps{0, 4, 8}));
  for (const int64_t step : {0, 2, 4, 6, 8}) {
    double loss = 0, correct = 0, samples = 0, squares = 0;
    for (int rank = 0; rank < ranks.size(); ++rank) {
      const Seen seen = ranks.seen(rank, step);
      loss += seen.loss;
      correct += seen.output.argmax(1).eq(seen.target).sum().item<double>();
      samples += static_cast<double>(seen.target.size(0));
      squares += sum_of_squares(elements(seen.gradients));
    }
    expect_near(number(logged, "Loss/train", step), loss / size, "loss");
    expect_near(number(logged, "Accuracy/train", step), correct / samples, "accuracy");
    expect_near(number(logged, "TotalGradientNorm", step), std::sqrt(squares / size), "norm");
    expect_near(number(logged, "Mine/train", step), 10 * (size - 1) / 2, "metric");
  }
  for (const int64_t step : {0, 4, 8}) {
    std::vector<torch::Tensor> hidden, hidden_gradients;
    std::vector<std::vector<torch::Tensor>> gradients(kParameters.size());
    for (int rank = 0; rank < ranks.size(); ++rank) {
      const Seen seen = ranks.seen(rank, step);
      hidden.push_back(seen.hidden);
      hidden_gradients.push_back(seen.hidden_gradient);
      for (std::size_t i = 0; i < kParameters.size(); ++i) {
        gradients[i].push_back(seen.gradients[i]);
      }
    }
    const auto values = elements(hidden);
    const auto zeros = static_cast<double>(std::count(values.begin(), values.end(), 0.0));
    expect_histogram_of(values, logged, "Activations/relu", step);
    expect_histogram_of(elements(hidden_gradients), logged, "ActivationGradients/relu", step);
    expect_near(number(logged, "ActivationZeros/relu", step),
                zeros / static_cast<double>(values.size()), "zeros");
    for (std::size_t i = 0; i < kParameters.size(); ++i) {
      const auto all = elements(gradients[i]);
      double magnitudes = 0;
      for (const double value : all) magnitudes += std::abs(value);
      expect_histogram_of(all, logged, "Gradients/" + kParameters[i], step);
      expect_near(number(logged, "GradientNorm/" + kParameters[i], step),
                  std::sqrt(sum_of_squares(all) / size), "norm of " + kParameters[i]);
      expect_near(number(logged, "GradientMeanAbs/" + kParameters[i], step),
                  magnitudes / static_cast<double>(all.size()), "mean of " + kParameters[i]);
      // The weights after this step are those before the next.
      const Seen next = ranks.seen(0, step + 1);
      expect_histogram_of(elements({next.weights[i]}), logged, "Weights/" + kParameters[i], step);
    }
  }
}

TEST_P(DistributedTraining, LogsTheMeanOfWhatRanksLogEvenIfNotAllDo) {
  Ranks ranks("plain", GetParam());
  ranks.expect_success();
  const Logged logged = read(ranks.event_files().at(0));
  const double mean_rank = (ranks.size() - 1) / 2.0;
  Steps all;
  for (int64_t step = 0; step < 10; ++step) {
    all.push_back(step);
    expect_near(number(logged, "seen/by all", step), mean_rank + static_cast<double>(step), "all");
  }
  EXPECT_EQ(steps_of(logged, "seen/by rank 0"), all);
  EXPECT_EQ(steps_of(logged, "seen/by the last"), all);
  expect_near(number(logged, "seen/by the last", 7), 7, "the last");
  expect_near(number(logged, "F1/validation", 9), 0.5, "of rank 0");
  double samples = 0, loss = 0;
  for (int rank = 0; rank < ranks.size(); ++rank) {
    samples += rank + 1;
    loss += (rank + 1) * (rank + 1);
  }
  expect_near(number(logged, "Loss/validation", 9), loss / samples, "of the samples of all");
  expect_near(number(logged, "seen/late", 10), mean_rank, "after the last epoch");
}

TEST_P(DistributedTraining, LogsTheNormOfGradientsThatWereAveraged) {
  Ranks ranks("averaged", GetParam());
  ranks.expect_success();
  const Logged logged = read(ranks.event_files().at(0));
  for (std::size_t i = 0; i < kParameters.size(); ++i) {
    torch::Tensor mean;
    for (int rank = 0; rank < ranks.size(); ++rank) {
      const auto gradient = ranks.seen(rank, 4).gradients[i].to(torch::kDouble) / ranks.size();
      mean = mean.defined() ? mean + gradient : gradient;
    }
    EXPECT_NEAR(number(logged, "GradientNorm/" + kParameters[i], 4), mean.norm().item<double>(),
                1e-5 * mean.norm().item<double>());
    const auto& histogram = std::get<Histogram>(logged.at("Gradients/" + kParameters[i]).at(4));
    EXPECT_EQ(histogram.count, static_cast<double>(mean.numel() * ranks.size()));
  }
}

TEST_P(DistributedTraining, IsBitForBitTheSameWithAndWithoutTheCallback) {
  Ranks with("plain", GetParam()), without("without", GetParam());
  with.expect_success();
  without.expect_success();
  for (int rank = 0; rank < GetParam(); ++rank) {
    EXPECT_TRUE(torch::equal(with.parameters(rank), without.parameters(rank)));
    EXPECT_TRUE(torch::equal(with.parameters(rank), with.parameters(0)));
  }
}

TEST_P(DistributedTraining, CountsTheGradientsOfTheRanksThatHaveThem) {
  Ranks ranks("frozen", GetParam());
  ranks.expect_success();
  const Logged logged = read(ranks.event_files().at(0));
  std::vector<torch::Tensor> biases;
  for (int rank = 0; rank < ranks.size(); rank += 2) {
    biases.push_back(ranks.seen(rank, 4).gradients[3]);
  }
  EXPECT_EQ(ranks.seen(1, 4).gradients[3].numel(), 0);
  const auto all = elements(biases);
  expect_histogram_of(all, logged, "Gradients/second.bias", 4);
  expect_near(number(logged, "GradientNorm/second.bias", 4),
              std::sqrt(sum_of_squares(all) / static_cast<double>(biases.size())), "norm");
}

TEST_P(DistributedTraining, RecordsTheLayersWhenTheLossOfAnyRankIsNotFinite) {
  Ranks ranks("sick", GetParam());
  ranks.expect_success();
  const Logged logged = read(ranks.event_files().at(0));
  EXPECT_TRUE(std::isnan(number(logged, "Loss/train", 6)));
  EXPECT_EQ(steps_of(logged, "Weights/first.weight"), (Steps{0, 4, 6, 8}));
  // Of the sick rank no gradient is finite; the others are well.
  EXPECT_EQ(number(logged, "GradientNonFinite/second.weight", 6), 8 * 3);
  EXPECT_EQ(steps_of(logged, "Diagnosis"), Steps{6});
}

TEST_P(DistributedTraining, GoesOnWithTheValuesOfRank0WhenAnotherDies) {
  Ranks ranks("dies", GetParam());
  EXPECT_EQ(ranks.wait(1), 7);
  for (int rank = 0; rank < ranks.size(); ++rank) {
    if (rank == 1) continue;
    EXPECT_EQ(ranks.wait(rank), 0);
    const std::string messages = ranks.messages(rank);
    const auto first = messages.find("cannot reach the other ranks");
    EXPECT_NE(first, std::string::npos) << messages;
    EXPECT_EQ(messages.find("cannot reach the other ranks", first + 1), std::string::npos);
  }
  ASSERT_EQ(ranks.event_files().size(), 1u);
  const Logged logged = read(ranks.event_files()[0]);
  EXPECT_EQ(steps_of(logged, "Loss/train"), (Steps{0, 2, 4, 6, 8}));
  expect_near(number(logged, "Loss/train", 8), ranks.seen(0, 8).loss, "loss of rank 0");
  expect_histogram_of(elements({ranks.seen(0, 8).gradients[0]}), logged, "Gradients/first.weight",
                      8);
  EXPECT_EQ(steps_of(logged, "seen/by all").size(), 10u);
  expect_near(number(logged, "seen/by all", 9), 9, "logged by rank 0");
  EXPECT_EQ(steps_of(logged, "seen/late"), Steps{10});
}

TEST_P(DistributedTraining, DoesNotWaitForARankLongerThanTheTimeoutOfTheGroup) {
  Ranks ranks("hangs", GetParam());
  for (int rank = 0; rank < ranks.size(); ++rank) {
    if (rank == 1) continue;
    EXPECT_EQ(ranks.wait(rank), 0) << ranks.messages(rank);
  }
  const Logged logged = read(ranks.event_files().at(0));
  EXPECT_EQ(steps_of(logged, "Loss/train"), (Steps{0, 2, 4, 6, 8}));
  expect_near(number(logged, "Loss/train", 8), ranks.seen(0, 8).loss, "loss of rank 0");
}

using Counts = std::vector<std::vector<int>>;

std::string make_table(const Counts& counts) {
  std::string table = "| true \\ predicted | 0 | 1 | 2 |\n|---|---|---|---|\n";
  for (std::size_t row = 0; row < counts.size(); ++row) {
    table += "| " + std::to_string(row) + " |";
    for (const int count : counts[row]) table += " " + std::to_string(count) + " |";
    table += "\n";
  }
  return table;
}

TEST_P(DistributedTraining, CountsTheConfusionOfAllRanks) {
  Ranks ranks("plain", GetParam());
  ranks.expect_success();
  Counts counts(3, std::vector<int>(3)), validation = counts;
  for (int rank = 0; rank < ranks.size(); ++rank) {
    for (const int64_t step : {0, 2, 4, 6, 8}) {
      const Seen seen = ranks.seen(rank, step);
      const auto predicted = seen.output.argmax(1);
      for (int64_t i = 0; i < predicted.size(0); ++i) {
        ++counts.at(static_cast<std::size_t>(seen.target[i].item<int64_t>()))
              .at(static_cast<std::size_t>(predicted[i].item<int64_t>()));
      }
    }
  }
  for (int rank = 0; rank < ranks.size(); ++rank) {
    for (auto& row : validation) row.at(static_cast<std::size_t>(rank % 3)) += rank + 1;
  }
  const Logged logged = read(ranks.event_files().at(0));
  const auto logged_table = [&](const std::string& tag) {
    return std::get<Text>(logged.at(tag + "/counts").at(9)).markdown;
  };
  EXPECT_EQ(logged_table("ConfusionMatrix/train"), make_table(counts));
  EXPECT_EQ(logged_table("ConfusionMatrix/validation"), make_table(validation));
  EXPECT_EQ(steps_of(logged, "ConfusionMatrix/validation"), Steps{9});
}

TEST_P(DistributedTraining, PrintsWhatAValidationCameToOnAllRanks) {
  Ranks ranks("plain", GetParam());
  ranks.expect_success();
  const double loss = GetParam() == 2 ? 5.0 / 3 : 3;  // weighted by the samples
  char line[64];
  std::snprintf(line, sizeof line, "epoch 1  validation  f1 0.5  loss %.4g\n", loss);
  EXPECT_EQ(ranks.messages(0), line);
  for (int rank = 1; rank < ranks.size(); ++rank) EXPECT_EQ(ranks.messages(rank), "");
}

TEST_P(DistributedTraining, SaysInWhichSettingsRanksDifferAndGoesOnWithoutTheOthers) {
  Ranks ranks("disagrees", GetParam());
  ranks.expect_success();
  for (int rank = 0; rank < ranks.size(); ++rank) {
    const std::string messages = ranks.messages(rank);
    EXPECT_NE(messages.find("on rank 0 they are \"scalar_every: every 2 steps\", on rank 1 "
                            "\"scalar_every: every 3 steps\". Give every rank the same"),
              std::string::npos)
        << messages;
    EXPECT_EQ(std::count(messages.begin(), messages.end(), '\n'), 1) << messages;
  }
  const Logged logged = read(ranks.event_files().at(0));
  EXPECT_EQ(steps_of(logged, "Loss/train"), (Steps{0, 2, 4, 6, 8}));
  expect_near(number(logged, "Loss/train", 8), ranks.seen(0, 8).loss, "loss of rank 0");
}

TEST_P(DistributedTraining, ReportsRanksThatMeetAtDifferentMoments) {
  Ranks ranks("astray", GetParam());
  for (int rank = 0; rank < ranks.size(); ++rank) ranks.wait(rank);
  const std::string messages = ranks.messages(0);
  EXPECT_NE(messages.find("rank 1 was met at the end of the epoch at step 2, rank 0 at step 4"),
            std::string::npos)
      << messages;
  EXPECT_NE(messages.find("call the same hooks"), std::string::npos) << messages;
}

TEST_P(DistributedTraining, WithoutAGroupGivesEachRankARunOfItsOwnWhereItIsToldTo) {
  Ranks ranks("alone", GetParam());
  ranks.expect_success();
  const auto files = ranks.event_files();
  ASSERT_EQ(files.size(), static_cast<std::size_t>(ranks.size()));
  for (int rank = 0; rank < ranks.size(); ++rank) {
    const auto& file = files[static_cast<std::size_t>(rank)];
    EXPECT_EQ(file.parent_path().filename(), "rank_" + std::to_string(rank));
    const Logged logged = read(file);
    expect_near(number(logged, "Loss/train", 4), ranks.seen(rank, 4).loss, "its own loss");
    expect_histogram_of(elements({ranks.seen(rank, 4).gradients[0]}), logged,
                        "Gradients/first.weight", 4);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, DistributedTraining, ::testing::Values(2, 4),
                         [](const auto& info) { return std::to_string(info.param) + "Ranks"; });

}  // namespace
}  // namespace suar
