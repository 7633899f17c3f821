#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "run.h"

namespace suar::dashboard {

/// What the store holds, as seen under its lock.
struct Catalog {
  uint64_t version = 1;
  bool loading = true;  ///< until what was there at the start has been read once
  std::map<std::string, std::unique_ptr<Run>> runs;
  std::map<std::string, uint64_t>
      removed;                        ///< name of a run and the version at which it was last gone
  std::vector<std::string> problems;  ///< directories and files that cannot be read
  uint64_t next_image_id = 0;
};

/// All runs below a log directory, as far as they have been read. One thread commits changes, any
/// number of threads reads. Thread-safe.
class Store {
 public:
  /// `log_directory` is only shown, never opened.
  explicit Store(std::string log_directory);

  /// Names this start of the server: a version means nothing in another session.
  const std::string& session() const { return session_; }
  const std::string& log_directory() const { return log_directory_; }

  /// Calls read(const Catalog&) under the lock and returns its result. Take views out and compute
  /// with them outside: whoever reads holds up the commits.
  template <typename Read>
  auto read(Read read) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return read(static_cast<const Catalog&>(catalog_));
  }

  /// Blocks until the version is greater than `since`, `timeout` has passed or `stop_waiting` was
  /// called. False when so many threads wait already that this one would keep the server from
  /// answering; then it returns at once.
  bool wait_for_newer(uint64_t since, std::chrono::milliseconds timeout) const;

  /// Wakes all waiting threads, and keeps later ones from waiting. For the shutdown.
  void stop_waiting();

  /// Applies a round of changes to the run `name`, which is made if it is new, under a new version.
  void commit(const std::string& name,
              const std::function<void(Run&, uint64_t& next_image_id)>& change);

  void remove_run(const std::string& name);

  void set_problems(std::vector<std::string> problems);

  /// Everything that was there at the start has been read.
  void finish_loading();

 private:
  const std::string log_directory_;
  const std::string session_;
  mutable std::mutex mutex_;
  mutable std::condition_variable newer_;
  mutable int waiting_ = 0;
  bool stopped_ = false;
  Catalog catalog_;
};

}  // namespace suar::dashboard
