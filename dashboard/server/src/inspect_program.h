#pragma once

#include "command_line.h"

namespace suar::dashboard {

/// Prints what a run, a directory of runs or an event file holds. The exit status: 0, 1 when
/// something was damaged, 2 when something could not be read; that is said on stderr.
int run_inspect(const InspectCommandLine& line);

}  // namespace suar::dashboard
