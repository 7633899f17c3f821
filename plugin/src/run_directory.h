#pragma once

#include <filesystem>

namespace suar {

/// The directory for a new run: `wanted` when no run is there yet, else `wanted`_2, `wanted`_3, ...
/// An empty `wanted` stands for "runs/<date>_<time>_<host>". Creates nothing.
std::filesystem::path choose_run_directory(const std::filesystem::path& wanted);

}  // namespace suar
