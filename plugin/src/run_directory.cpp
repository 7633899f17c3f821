#include "run_directory.h"

#include <cerrno>
#include <ctime>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <suar/event_reader.h>

namespace suar {
namespace {

bool holds_run(const std::filesystem::path& directory) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_event_file_name(entry->path().filename().string())) return true;
  }
  return false;
}

std::filesystem::path default_directory() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%d_%H-%M-%S", &local);
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  return std::filesystem::path("runs") / (std::string(date) + "_" + host);
}

/// The directory beside which others can be named: "runs/a/" is "runs/a", "." has a name, too.
std::filesystem::path named(const std::filesystem::path& directory) {
  const auto name = directory.filename();
  std::error_code error;
  if (name == "." || name == "..") {
    return named(std::filesystem::weakly_canonical(directory, error));
  }
  return directory.has_filename() ? directory : directory.parent_path();
}

}  // namespace

RunDirectory::RunDirectory(const std::filesystem::path& wanted) {
  const auto base = named(wanted.empty() ? default_directory() : wanted);
  path_ = base;
  for (int n = 2; !claim(); ++n) {
    path_ = base;
    path_ += "_" + std::to_string(n);
  }
}

RunDirectory::~RunDirectory() {
  std::error_code gone;
  if (!claim_.empty()) std::filesystem::remove(claim_, gone);
}

/// False when a run of somebody else is there, or is about to be.
bool RunDirectory::claim() {
  if (holds_run(path_)) return false;
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  // Of all who try only one can create the file: also by NFS, which knows no locks of directories.
  claim_ = path_ / ".suar_claim";
  const int descriptor = open(claim_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    const bool claimed = errno == EEXIST;  // else what is wrong is wrong for the writer, too
    claim_.clear();
    return !claimed;
  }
  close(descriptor);
  if (!holds_run(path_)) return true;
  std::filesystem::remove(claim_, error);  // somebody was quicker
  claim_.clear();
  return false;
}

}  // namespace suar
