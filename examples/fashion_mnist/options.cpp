#include "options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>

Options parse_options(int argc, char** argv) {
  const std::map<std::string, Illness> illnesses = {{"vanishing", Illness::vanishing},
                                                    {"exploding", Illness::exploding},
                                                    {"dead-relu", Illness::dead_relu},
                                                    {"nan", Illness::nan}};
  Options options;
  std::string sick;
  bool no_serve = false;
  CLI::App app(
      "Trains a small convolutional network on Fashion-MNIST and shows the training live "
      "in the browser.",
      "fashion_mnist");
  app.add_option("--epochs", options.epochs, "Passes over the training images")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "Images in a batch")
      ->check(CLI::Range(2, 60000))
      ->capture_default_str();
  app.add_option("--lr", options.learning_rate, "Learning rate of the Adam optimizer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--logdir", options.log_directory, "Directory of the runs")->capture_default_str();
  app.add_option("--data", options.data_directory,
                 "Directory of the four Fashion-MNIST files (default: where the Debian package "
                 "dataset-fashion-mnist puts them)");
  app.add_option("--images", options.train_images, "Train on only so many images, for a quick try")
      ->check(CLI::PositiveNumber);
  app.add_option("--port", options.port,
                 "Port of the dashboard (default: 6006, or the next free one)")
      ->check(CLI::Range(1, 65535));
  app.add_flag("--no-serve", no_serve, "Train only, without the dashboard");
  app.add_option("--sick", sick,
                 "Give the training an illness, to see how it shows: vanishing, exploding, "
                 "dead-relu or nan")
      ->check(CLI::IsMember(illnesses));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  options.serve = !no_serve;
  if (!sick.empty()) {
    options.illness = illnesses.at(sick);
    options.run_name += "-" + sick;
  }
  return options;
}
