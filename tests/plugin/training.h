#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar::testing {

/// A net for pictures `[N, 1, 8, 8]` of three classes.
struct SmallNetImpl : torch::nn::Module {
  SmallNetImpl() {
    conv = register_module("conv", torch::nn::Conv2d(1, 4, 3));
    fc = register_module("fc", torch::nn::Linear(4 * 6 * 6, 3));
  }
  torch::Tensor forward(torch::Tensor x) {
    return fc->forward(torch::relu(conv->forward(x)).flatten(1));
  }

  torch::nn::Conv2d conv{nullptr};
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(SmallNet);

/// A model of one parameter.
struct OneImpl : torch::nn::Module {
  explicit OneImpl(torch::Tensor value) { weight = register_parameter("w", std::move(value)); }
  torch::Tensor weight;
};

/// Trains, and reads back what was logged.
class Training : public ::testing::Test {
 protected:
  Training() { torch::manual_seed(1); }

  CallbackOptions options() const {
    return CallbackOptions(run_directory().string())
        .scalar_every(2)
        .statistics_every(5)
        .histogram_every(5)
        .progress(false)
        .print_findings(false);
  }

  std::filesystem::path run_directory() const { return directory_.path() / "run"; }

  /// Forward and backward pass on eight pictures, which are the same for the same seed.
  static Batch forward_and_backward(SmallNet& net) {
    const auto input = torch::rand({8, 1, 8, 8});
    const auto target = torch::randint(3, {8}, torch::kLong);
    const auto output = net->forward(input);
    const auto loss = torch::nn::functional::cross_entropy(output, target);
    loss.backward();
    return {loss, output, target, input};
  }

  /// One training step.
  static Batch train_step(SmallNet& net, torch::optim::Optimizer& optimizer) {
    optimizer.zero_grad();
    Batch batch = forward_and_backward(net);
    optimizer.step();
    return batch;
  }

  /// The only event file in the directory of a run.
  static std::filesystem::path event_file(const std::filesystem::path& run) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(run)) {
      files.push_back(entry.path());
    }
    EXPECT_EQ(files.size(), 1u);
    return files.at(0);
  }

  /// The steps at which each tag was logged.
  std::map<std::string, std::vector<int64_t>> logged_steps() const {
    std::map<std::string, std::vector<int64_t>> steps;
    for (const auto& [step, summary] : read_summaries(event_file(run_directory()))) {
      steps[summary.tag].push_back(step);
    }
    return steps;
  }

  /// What was logged last under each tag.
  std::map<std::string, SummaryValue> last_values() const {
    std::map<std::string, SummaryValue> values;
    for (auto& [step, summary] : read_summaries(event_file(run_directory()))) {
      values[summary.tag] = std::move(summary.value);
    }
    return values;
  }

  /// The number that was logged last under a tag.
  double last_number(const std::string& tag) const {
    const auto values = last_values();
    const auto found = values.find(tag);
    if (found == values.end()) ADD_FAILURE() << tag << " was not logged";
    return found == values.end() ? NAN : std::get<double>(found->second);
  }

  TemporaryDirectory directory_;
};

}  // namespace suar::testing
