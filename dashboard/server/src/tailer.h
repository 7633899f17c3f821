#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "run_discovery.h"
#include "run_loader.h"
#include "store.h"

namespace suar::dashboard {

/// Keeps a store up with the files below a log directory, from a thread of its own.
class Tailer {
 public:
  /// Looks for news every `interval`. The directory may be missing as yet. `store` outlives this.
  Tailer(Store& store, std::filesystem::path log_directory,
         std::chrono::milliseconds interval = std::chrono::milliseconds(250));

  /// Blocks until the thread has ended: no longer than one commit takes.
  ~Tailer();
  Tailer(const Tailer&) = delete;
  Tailer& operator=(const Tailer&) = delete;

 private:
  void work();
  bool round();
  bool poll_runs();
  void drop_lost_runs();
  void publish_problems();
  bool sleep_until(std::chrono::steady_clock::time_point time);

  Store& store_;
  const std::filesystem::path log_directory_;
  const std::chrono::milliseconds interval_;
  RunDiscovery discovery_;
  bool discovered_once_ = false;
  std::chrono::steady_clock::time_point next_discovery_{};
  std::chrono::steady_clock::duration walk_time_{};
  std::map<std::string, std::unique_ptr<RunLoader>> loaders_;

  std::mutex mutex_;
  std::condition_variable stop_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  ///< last: it uses the rest
};

}  // namespace suar::dashboard
