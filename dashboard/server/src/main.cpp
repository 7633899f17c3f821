#include <cstdio>
#include <exception>
#include <variant>

#include "command_line.h"
#include "program.h"

int main(int argc, char** argv) {
  try {
    const auto line = suar::dashboard::read_command_line(argc, argv);
    if (const int* status = std::get_if<int>(&line)) return *status;
    return suar::dashboard::run_program(std::get<suar::dashboard::CommandLine>(line));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "suar: %s\n", error.what());
    return 1;
  }
}
