#pragma once

#include "command_line.h"

namespace suar::dashboard {

/// Serves until SIGINT or SIGTERM; returns the exit status. Throws `suar::Error` when it cannot
/// begin.
int run_program(const CommandLine& line);

}  // namespace suar::dashboard
