#pragma once

#include <filesystem>

namespace suar {

/// A directory for a new run: `wanted` when no run is there yet, else `wanted`_2, `wanted`_3, ...
/// An empty `wanted` stands for "runs/<date>_<time>_<host>".
///
/// As long as this lives, the directory is claimed: another training that wants it, in this or in
/// another process, gets one of its own. Keep it until the run's event file is there.
class RunDirectory {
 public:
  /// Creates the directory. When that fails it is for the writer of the run to say so.
  explicit RunDirectory(const std::filesystem::path& wanted);
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  bool claim();

  std::filesystem::path path_;
  std::filesystem::path claim_;  ///< the file that tells the others; empty when there is none
};

}  // namespace suar
