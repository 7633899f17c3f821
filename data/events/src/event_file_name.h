#pragma once

#include <string>

namespace suar {

/// A new name "events.out.tfevents.<seconds>.<host>.<pid>.<n>"; never the same twice in a process.
std::string make_event_file_name(double wall_time);

}  // namespace suar
