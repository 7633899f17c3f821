// Trains a small convolutional network on Fashion-MNIST, with a callback that records everything.

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>

#include <torch/torch.h>

#include <suar/fashion_mnist.h>
#include <suar/training_callback.h>

#include "dashboard_process.h"
#include "net.h"
#include "options.h"

namespace {

volatile std::sig_atomic_t interrupted = 0;

/// Mean loss and accuracy on a data set; the callback counts which classes are taken for which.
suar::Metrics validate(Net& net, const suar::FashionMnist& data, suar::Callback& callback) {
  const torch::NoGradGuard no_grad;
  net->eval();
  double loss = 0, correct = 0;
  constexpr int64_t kBatch = 500;
  for (int64_t begin = 0; begin < data.labels().size(0); begin += kBatch) {
    const auto images = data.images().narrow(0, begin, kBatch);
    const auto labels = data.labels().narrow(0, begin, kBatch);
    const auto scores = net->forward(images);
    loss +=
        torch::nn::functional::cross_entropy(
            scores, labels, torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum))
            .item<double>();
    correct += scores.argmax(1).eq(labels).sum().item<double>();
    callback.on_validation_batch_end({{}, scores, labels, {}});
  }
  net->train();
  const auto count = static_cast<double>(data.labels().size(0));
  return {{"loss", loss / count}, {"accuracy", correct / count}};
}

void train(const Options& options) {
  const std::filesystem::path directory = options.data_directory.empty()
                                              ? suar::FashionMnist::default_directory()
                                              : std::filesystem::path(options.data_directory);
  suar::FashionMnist train_data(directory, suar::FashionMnist::Split::train);
  const suar::FashionMnist test_data(directory, suar::FashionMnist::Split::test);
  if (options.train_images > 0) train_data.keep_first(options.train_images);
  const auto sample = train_data.images().narrow(0, 0, 1);
  const auto steps =
      (static_cast<int64_t>(*train_data.size()) + options.batch_size - 1) / options.batch_size;
  auto loader = torch::data::make_data_loader<torch::data::samplers::RandomSampler>(
      train_data, static_cast<std::size_t>(options.batch_size));

  torch::manual_seed(1);
  Net net(options.illness);
  const double learning_rate = options.illness == Illness::nan
                                   ? 1e10
                                   : options.learning_rate;  // overflows within some steps
  torch::optim::Adam optimizer(net->parameters(), learning_rate);

  suar::TrainingCallback callback(
      *net, optimizer,
      suar::CallbackOptions(
          (std::filesystem::path(options.log_directory) / options.run_name).string())
          .histogram_every(50)
          .hyper_parameters({{"learning_rate", learning_rate},
                             {"batch_size", options.batch_size},
                             {"train_images", *train_data.size()}})
          .class_names(suar::FashionMnist::class_names())
          .epochs(options.epochs)
          .steps_per_epoch(steps));
  std::printf("Training on %lld images, logging to %s\n",
              static_cast<long long>(*train_data.size()), callback.log_directory().c_str());
  std::fflush(stdout);

  suar::Metrics validation;
  callback.on_train_begin(sample);
  for (int64_t epoch = 0; epoch < options.epochs && !interrupted; ++epoch) {
    callback.on_epoch_begin(epoch);
    for (auto& batch : *loader) {
      callback.on_batch_begin();
      optimizer.zero_grad();
      auto output = net->forward(batch.data);
      auto loss = torch::nn::functional::cross_entropy(output, batch.target);
      callback.on_before_backward();
      loss.backward();
      callback.on_after_backward();
      optimizer.step();
      callback.on_batch_end({loss, output, batch.target, batch.data});
      if (interrupted) break;
    }
    if (interrupted) break;
    validation = validate(net, test_data, callback);
    callback.on_epoch_end(validation);
  }
  callback.on_train_end();

  for (const auto& [name, value] : validation) {
    if (name == "accuracy") std::printf("Test accuracy: %.2f %%\n", 100 * value);
  }
  const auto findings = callback.findings();
  if (findings.empty()) std::printf("Diagnosis: healthy, nothing found.\n");
  for (const auto& finding : findings) {
    std::printf("Diagnosis: %s: %s %s\n", finding.rule.c_str(), finding.message.c_str(),
                finding.advice.c_str());
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(argc, argv);
  try {
    std::error_code failure;  // of which the callback knows how to tell
    std::filesystem::create_directories(options.log_directory, failure);
    std::optional<DashboardProcess> dashboard;
    if (options.serve)
      dashboard.emplace(SUAR_DASHBOARD_PROGRAM, options.log_directory, options.port);
    // The first Ctrl-C ends the training in good order, the second one at once.
    std::signal(SIGINT, [](int) {
      interrupted = 1;
      std::signal(SIGINT, SIG_DFL);
    });
    train(options);
    if (dashboard && !interrupted) {
      std::printf("The dashboard goes on until Ctrl-C.\n");
      std::fflush(stdout);
      dashboard->wait();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fashion_mnist: %s\n", error.what());
    return 1;
  }
  return 0;
}
