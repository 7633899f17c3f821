#pragma once

#include <filesystem>
#include <string>

namespace suar {

/// A new name "events.out.tfevents.<seconds>.<host>.<pid>.<n>" for a file in `directory`; never the
/// same twice in a process. It sorts behind those that are there: readers take the files of a run
/// in the order of their names, so its seconds are later than `wall_time` when a file of the same
/// second or, because the clock has jumped back, of a later one is there.
std::string make_event_file_name(const std::filesystem::path& directory, double wall_time);

/// True when the directory holds an event file of another name, also an empty one: its writer may
/// only just have created it. Of two files that are begun at the same moment, none is then taken
/// for the first one of its run, which costs nothing but the mark of the beginning; a START in both
/// would hide what the first one holds.
bool holds_other_event_file(const std::filesystem::path& directory, const std::string& name);

}  // namespace suar
