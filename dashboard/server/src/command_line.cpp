#include "command_line.h"

#include <CLI/CLI.hpp>

namespace suar::dashboard {

std::variant<CommandLine, int> read_command_line(int argc, char** argv) {
  CommandLine line;
  std::string log_directory = line.log_directory.string();
  std::string port_file;
  int port = kDefaultPort;
  CLI::App app("Shows in the browser what the runs below a log directory recorded, live.", "suar");
  app.add_option("logdir", log_directory, "Directory of the runs' event files; may come later")
      ->type_name("LOGDIR")
      ->capture_default_str();
  app.add_option("--host", line.host,
                 "Address to listen on; 0.0.0.0 lets other machines see your runs")
      ->capture_default_str();
  const auto* port_option =
      app.add_option("--port", port, "Port to listen on, 0: any (default: 6006 or the next free)")
          ->check(CLI::Range(0, 65535));
  app.add_option("--port-file", port_file, "File that gets the chosen port, for scripts");
  app.set_version_flag("--version", SUAR_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  line.log_directory = log_directory;
  line.port_file = port_file;
  if (port_option->count() > 0) line.port = port;
  return line;
}

}  // namespace suar::dashboard
