#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace suar::dashboard {

/// The names of the event files in each run's directory, sorted; by the name of the run.
using DiscoveredRuns = std::map<std::string, std::vector<std::string>>;

/// Finds the runs below a log directory, again and again, a slice of time at a time: a huge tree
/// among the runs delays no one. A run is a directory with event files; its name is the path below
/// the log directory, "." for the log directory itself.
///
/// Symbolic links to directories are followed, each directory is shown once, and a real path goes
/// before a link to it. Directories whose name begins with a dot are left out. Not thread-safe.
class RunDiscovery {
 public:
  explicit RunDiscovery(std::filesystem::path log_directory);

  /// Goes on walking until `deadline` or the end of the tree, whichever comes first. True at the
  /// end of the tree: `runs()` and `problems()` are what was there, and the next call begins anew.
  bool advance(std::chrono::steady_clock::time_point deadline);

  /// The runs found. Within a walk new ones are added; those that are gone go at its end.
  const DiscoveredRuns& runs() const { return runs_; }

  /// Directories that the last whole walk could not read, with the reasons.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  using FileId = std::pair<uint64_t, uint64_t>;  // device, inode
  struct Listing {
    int64_t changed = -1;  ///< the directory's time of change in ns; -1: always list again
    std::vector<std::string> event_files;
    std::vector<std::string> directories;
    std::vector<std::string> links;
    std::string problem;
  };
  struct Walk {
    std::deque<std::string> directories;  ///< paths below the log directory that are still to visit
    std::deque<std::string> links;        ///< those that are symbolic links: visited last
    std::set<FileId> visited;
    std::map<FileId, Listing> listings;
    DiscoveredRuns runs;
    std::vector<std::string> problems;
  };

  void visit(const std::string& name);
  Listing list(const std::filesystem::path& directory) const;
  void finish_walk();

  std::filesystem::path log_directory_;
  bool walking_ = false;
  Walk walk_;
  std::map<FileId, Listing> listings_;  ///< of the last whole walk
  DiscoveredRuns runs_;
  std::vector<std::string> problems_;
};

}  // namespace suar::dashboard
