#pragma once

#include <string>
#include <variant>
#include <vector>

namespace suar::graph_export {

/// What the program `suar-export-graph` was asked to do.
struct CommandLine {
  std::string model;                ///< a TorchScript file
  std::vector<std::string> inputs;  ///< "1,3,224,224:float32", "=3"
  std::string output;               ///< .pbtxt, .pb or .json; empty: none
  std::string logdir;               ///< of a run, for an event file; empty: none
  bool summary = false;             ///< prints a table of the modules
  std::string method = "forward";
  int runs = 0;  ///< that are timed
};

/// The command line, or the exit status when there is nothing more to do (`--help`, a mistake).
std::variant<CommandLine, int> read_command_line(int argc, char** argv);

}  // namespace suar::graph_export
