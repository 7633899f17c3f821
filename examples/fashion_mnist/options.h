#pragma once

#include <cstdint>
#include <string>

/// An illness that the trainer can be given, to see what it looks like in the dashboard.
enum class Illness { none, vanishing, exploding, dead_relu, nan };

/// The command line of the example.
struct Options {
  int64_t epochs = 5;
  int64_t batch_size = 64;
  double learning_rate = 1e-3;
  std::string log_directory = "runs";
  std::string data_directory;  ///< empty: where Debian's package puts it
  int64_t train_images = 0;    ///< 0: all
  int port = 0;                ///< 0: the dashboard's default
  bool serve = true;
  Illness illness = Illness::none;
  std::string run_name = "fashion_mnist";
};

/// Reads the command line; prints the help or what is wrong with it and exits.
Options parse_options(int argc, char** argv);
