#include "command_line.h"

#include <CLI/CLI.hpp>

namespace suar::dashboard {

std::variant<CommandLine, InspectCommandLine, int> read_command_line(int argc, char** argv) {
  CommandLine line;
  std::string log_directory = line.log_directory.string();
  std::string port_file;
  int port = kDefaultPort;
  CLI::App app("Shows in the browser what the runs below a log directory recorded, live.", "suar");
  auto* log_directory_option =
      app.add_option("logdir", log_directory,
                     "Directory of the runs' event files; may come later. Write ./inspect for one "
                     "of that name")
          ->type_name("LOGDIR")
          ->capture_default_str();
  auto* host_option =
      app.add_option("--host", line.host,
                     "Address to listen on; 0.0.0.0 lets other machines see your runs")
          ->capture_default_str();
  auto* port_option =
      app.add_option("--port", port, "Port to listen on, 0: any (default: 6006 or the next free)")
          ->check(CLI::Range(0, 65535));
  auto* port_file_option =
      app.add_option("--port-file", port_file, "File that gets the chosen port, for scripts");
  app.set_version_flag("--version", SUAR_VERSION);

  app.require_subcommand(0, 1);
  InspectCommandLine inspect;
  std::string path;
  auto* inspect_command = app.add_subcommand("inspect", "Print what runs or an event file hold");
  inspect_command->add_option("path", path, "An event file or a directory of runs")
      ->type_name("PATH")
      ->required();
  inspect_command->add_flag("--json", inspect.json, "Print JSON, for scripts");
  inspect_command->footer(
      "Exit status: 0, 1 when something was damaged, 2 when something could not be read.\n"
      "A file below 12 bytes holds no record yet: it counts as unfinished (0), event file or not.");
  for (auto* option : {log_directory_option, host_option, port_option, port_file_option}) {
    inspect_command->excludes(option);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (inspect_command->parsed()) {
    inspect.path = path;
    return inspect;
  }
  line.log_directory = log_directory;
  line.port_file = port_file;
  if (port_option->count() > 0) line.port = port;
  return line;
}

}  // namespace suar::dashboard
