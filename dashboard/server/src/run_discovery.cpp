#include "run_discovery.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <sys/stat.h>

#include <suar/event_reader.h>

namespace suar::dashboard {
namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;

// A directory that changed this lately may change again within one tick of the file system's clock.
constexpr int64_t kRecent = 2 * kNanoseconds;

int64_t nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * kNanoseconds + time.tv_nsec;
}

int64_t now_in_nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

std::string below(const std::string& parent, const std::string& name) {
  return parent == "." ? name : parent + "/" + name;
}

}  // namespace

RunDiscovery::RunDiscovery(std::filesystem::path log_directory)
    : log_directory_(std::move(log_directory)) {}

bool RunDiscovery::advance(std::chrono::steady_clock::time_point deadline) {
  if (!walking_) {
    walking_ = true;
    walk_ = {};
    walk_.directories.push_back(".");
  }
  do {
    auto& queue = walk_.directories.empty() ? walk_.links : walk_.directories;
    if (queue.empty()) {
      finish_walk();
      return true;
    }
    const std::string name = std::move(queue.front());
    queue.pop_front();
    visit(name);
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

void RunDiscovery::visit(const std::string& name) {
  const std::filesystem::path path = name == "." ? log_directory_ : log_directory_ / name;
  struct stat status;
  if (stat(path.c_str(), &status) != 0) {
    // A directory that is not there (any more) is no problem: it may come.
    if (errno != ENOENT) walk_.problems.push_back(path.string() + ": " + std::strerror(errno));
    return;
  }
  const FileId id{status.st_dev, status.st_ino};
  if (!S_ISDIR(status.st_mode) || !walk_.visited.insert(id).second) return;

  const int64_t changed = nanoseconds(status.st_mtim);
  const auto known = listings_.find(id);
  Listing listing;
  if (known != listings_.end() && known->second.changed == changed) {
    listing = known->second;
  } else {
    const int64_t now = now_in_nanoseconds();
    listing = list(path);
    listing.changed = changed < now - kRecent && listing.problem.empty() ? changed : -1;
  }
  if (!listing.problem.empty()) walk_.problems.push_back(listing.problem);
  for (const auto& directory : listing.directories) {
    walk_.directories.push_back(below(name, directory));
  }
  for (const auto& link : listing.links) walk_.links.push_back(below(name, link));
  if (!listing.event_files.empty()) {
    runs_[name] = listing.event_files;
    walk_.runs[name] = listing.event_files;
  }
  walk_.listings.emplace(id, std::move(listing));
}

RunDiscovery::Listing RunDiscovery::list(const std::filesystem::path& directory) const {
  Listing listing;
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;  // an entry that is gone meanwhile is neither a file nor a directory
    const std::string name = entries->path().filename().string();
    if (entries->is_directory(ignored)) {
      if (name.front() == '.') continue;
      auto& names = entries->is_symlink(ignored) ? listing.links : listing.directories;
      names.push_back(name);
    } else if (is_event_file_name(name) && entries->is_regular_file(ignored)) {
      listing.event_files.push_back(name);
    }
  }
  if (error) listing.problem = directory.string() + ": " + error.message();
  std::sort(listing.event_files.begin(), listing.event_files.end());
  std::sort(listing.directories.begin(), listing.directories.end());
  std::sort(listing.links.begin(), listing.links.end());
  return listing;
}

void RunDiscovery::finish_walk() {
  runs_ = std::move(walk_.runs);
  problems_ = std::move(walk_.problems);
  listings_ = std::move(walk_.listings);
  walk_ = {};
  walking_ = false;
}

}  // namespace suar::dashboard
