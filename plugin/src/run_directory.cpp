#include "run_directory.h"

#include <ctime>
#include <string>

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

}  // namespace

std::filesystem::path choose_run_directory(const std::filesystem::path& wanted) {
  std::filesystem::path base = wanted.empty() ? default_directory() : wanted;
  if (!base.has_filename()) base = base.parent_path();  // "runs/a/"
  auto directory = base;
  for (int n = 2; holds_run(directory); ++n) {
    directory = base;
    directory += "_" + std::to_string(n);
  }
  return directory;
}

}  // namespace suar
