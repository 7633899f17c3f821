#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace suar::dashboard {

/// `suar [LOGDIR] ...`: show runs in the browser.
struct CommandLine {
  std::filesystem::path log_directory = "runs";
  std::string host = "127.0.0.1";
  std::optional<int> port;          ///< 0: any free one; empty: 6006, or the next free one
  std::filesystem::path port_file;  ///< gets the port as text; may be empty
};

/// `suar inspect PATH`: print what is there.
struct InspectCommandLine {
  std::filesystem::path path;  ///< an event file or a directory of runs
  bool json = false;           ///< print for scripts
};

constexpr int kDefaultPort = 6006;

/// Reads the command line. When there is nothing further to do (--help, a mistake) the result is
/// the exit status and what had to be said has been printed.
std::variant<CommandLine, InspectCommandLine, int> read_command_line(int argc, char** argv);

}  // namespace suar::dashboard
