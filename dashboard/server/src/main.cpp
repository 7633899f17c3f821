#include <cstdio>
#include <exception>
#include <variant>

#include <sys/resource.h>

#include "command_line.h"
#include "inspect_program.h"
#include "program.h"

namespace {

// Each event file is kept open; the usual soft limit is 1024.
void allow_many_open_files() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace suar::dashboard;
  try {
    const auto line = read_command_line(argc, argv);
    if (const int* status = std::get_if<int>(&line)) return *status;
    allow_many_open_files();
    if (const auto* inspect = std::get_if<InspectCommandLine>(&line)) return run_inspect(*inspect);
    return run_program(std::get<CommandLine>(line));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "suar: %s\n", error.what());
    return 1;
  }
}
