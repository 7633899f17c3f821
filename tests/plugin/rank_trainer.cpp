// One rank of a distributed training over Gloo, in a process of its own:
//   rank_trainer SCENARIO RANK SIZE DIRECTORY
// Into DIRECTORY go the run, what each rank saw at each step, and the parameters in the end.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include <signal.h>
#include <torch/torch.h>
#include <unistd.h>

#include <suar/c10d_process_group.h>
#include <suar/training_callback.h>
#include <suar/watch.h>

namespace {

constexpr int64_t kClasses = 3;
constexpr int64_t kSteps = 10;  // of the only epoch

struct NetImpl : torch::nn::Module {
  NetImpl() {
    first = register_module("first", torch::nn::Linear(5, 8));
    second = register_module("second", torch::nn::Linear(8, kClasses));
  }
  torch::Tensor forward(torch::Tensor x) {
    hidden = suar::watch(torch::relu(first->forward(x)), "relu");
    return second->forward(hidden);
  }

  torch::nn::Linear first{nullptr}, second{nullptr};
  torch::Tensor hidden;
};
TORCH_MODULE(Net);

class Rank {
 public:
  Rank(std::string scenario, int rank, int size, std::filesystem::path directory)
      : scenario_(std::move(scenario)), rank_(rank), size_(size), directory_(std::move(directory)) {
    const auto gloo = c10d::ProcessGroupGloo::Options::create(
        std::chrono::milliseconds(scenario_ == "hangs" ? 500 : 30000));
    gloo->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface("lo"));
    const auto store = c10::make_intrusive<c10d::FileStore>(directory_ / "store", size);
    group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, gloo);
    torch::manual_seed(1);  // the same parameters everywhere
    net_ = Net();
    if (scenario_ == "frozen" && rank_ % 2 == 1) net_->second->bias.set_requires_grad(false);
  }

  void train() {
    torch::optim::SGD optimizer(net_->parameters(), 0.1);
    std::optional<suar::TrainingCallback> callback;
    if (scenario_ != "without") callback.emplace(*net_, optimizer, options());
    torch::manual_seed(100 + rank_);  // its own part of the data
    if (callback) callback->on_epoch_begin(0);
    for (int64_t step = 0; step < kSteps; ++step) {
      if (rank_ == 1 && step == 5) stop_if_asked();
      if (rank_ == 1 && step == 3 && scenario_ == "astray") callback->on_epoch_end();
      optimizer.zero_grad();
      suar::Batch batch = forward_and_backward(step);
      save(step, batch);
      if (callback && scenario_ != "averaged") callback->on_after_backward();
      if (averages()) average_gradients();
      optimizer.step();
      if (!callback) continue;
      callback->log("seen/by all", rank_ + static_cast<double>(step));
      if (rank_ == 0) callback->log("seen/by rank 0", static_cast<double>(step));
      if (rank_ == size_ - 1) callback->log("seen/by the last", static_cast<double>(step));
      callback->on_batch_end(batch);
    }
    if (callback) {
      validate(*callback);
      if (rank_ == 0) callback->on_validation_end({{"f1", 0.5}});
      callback->on_epoch_end(suar::Metrics{{"loss", rank_ + 1.0}}.samples(rank_ + 1));
      callback->log("seen/late", rank_);
      callback->on_train_end();
    }
    torch::save(net_->parameters(), file("parameters"));
  }

 private:
  /// As many batches as its number and one, of a sample of each class, in which it sees but one.
  void validate(suar::Callback& callback) const {
    const auto seen = torch::full({kClasses}, rank_ % kClasses, torch::kLong);
    for (int i = 0; i <= rank_; ++i) {
      callback.on_validation_batch_end({{},
                                        torch::one_hot(seen, kClasses).to(torch::kFloat),
                                        torch::arange(kClasses, torch::kLong),
                                        {}});
    }
  }

  suar::CallbackOptions options() const {
    const auto group = group_;
    const std::string directory = directory_;
    suar::CallbackOptions options(directory + "/run");
    if (scenario_ == "alone") {
      options.log_directory(directory + "/run/rank_" + std::to_string(rank_));
    } else {
      // [readme]
      options.process_group(suar::c10d_process_group(group));
      // [readme]
    }
    options.scalar_every(2).statistics_every(4).histogram_every(4).progress(scenario_ == "plain");
    if (scenario_ == "disagrees" && rank_ == 1) options.scalar_every(3);
    options.metrics({{"mine", [this](const suar::Batch&) { return 10.0 * rank_; }}});
    return options;
  }

  /// Whether the training itself needs the group, too.
  bool averages() const {
    return scenario_ != "dies" && scenario_ != "hangs" && scenario_ != "sick" &&
           scenario_ != "disagrees" && scenario_ != "astray";
  }

  void stop_if_asked() const {
    if (scenario_ == "dies") _exit(7);
    if (scenario_ == "hangs") pause();
  }

  suar::Batch forward_and_backward(int64_t step) {
    const int64_t samples = 4 + rank_;  // not as many on each rank
    const auto input = torch::randn({samples, 5});
    const auto target = torch::randint(kClasses, {samples}, torch::kLong);
    const auto output = net_->forward(input);
    net_->hidden.retain_grad();
    auto loss = torch::nn::functional::cross_entropy(output, target);
    if (scenario_ == "sick" && rank_ == 1 && step == 6) loss = loss * NAN;
    loss.backward();
    return {loss, output, target, {}};
  }

  void average_gradients() {
    for (const auto& parameter : net_->parameters()) {
      torch::Tensor gradient = parameter.grad();
      std::vector<torch::Tensor> tensors{gradient.defined() ? gradient
                                                            : torch::zeros_like(parameter)};
      group_->allreduce(tensors)->wait();
      if (gradient.defined()) gradient /= size_;
    }
  }

  /// Loss, output, target, activation, its gradient, the gradients (empty where there is none), and
  /// the parameters before the step.
  void save(int64_t step, const suar::Batch& batch) const {
    std::vector<torch::Tensor> tensors{batch.loss, batch.output, batch.target, net_->hidden,
                                       net_->hidden.grad()};
    for (const auto& parameter : net_->parameters()) {
      tensors.push_back(parameter.grad().defined() ? parameter.grad() : torch::empty({0}));
    }
    for (const auto& parameter : net_->parameters()) tensors.push_back(parameter);
    torch::save(tensors, file("step_" + std::to_string(step)));
  }

  std::string file(const std::string& what) const {
    return directory_ / ("rank_" + std::to_string(rank_) + "_" + what + ".pt");
  }

  const std::string scenario_;
  const int rank_, size_;
  const std::filesystem::path directory_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
  Net net_{nullptr};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: rank_trainer SCENARIO RANK SIZE DIRECTORY\n";
    return 2;
  }
  alarm(120);  // whatever happens, no test waits for ever
  try {
    torch::set_num_threads(1);
    Rank(argv[1], std::stoi(argv[2]), std::stoi(argv[3]), argv[4]).train();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
