#include "store.h"

#include <cinttypes>
#include <cstdio>
#include <random>
#include <utility>

namespace suar::dashboard {
namespace {

// Each waiting request holds one of the server's threads (kThreads in http_server.cpp is greater).
constexpr int kMostWaiting = 48;

std::string new_session() {
  std::random_device random;
  char text[9];
  std::snprintf(text, sizeof text, "%08" PRIx32, static_cast<uint32_t>(random()));
  return text;
}

}  // namespace

Store::Store(std::string log_directory)
    : log_directory_(std::move(log_directory)), session_(new_session()) {}

bool Store::wait_for_newer(uint64_t since, std::chrono::milliseconds timeout) const {
  std::unique_lock<std::mutex> lock(mutex_);
  if (catalog_.version > since || stopped_ || timeout.count() <= 0) return true;
  if (waiting_ >= kMostWaiting) return false;
  ++waiting_;
  newer_.wait_for(lock, timeout, [&] { return catalog_.version > since || stopped_; });
  --waiting_;
  return true;
}

void Store::stop_waiting() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  newer_.notify_all();
}

void Store::commit(const std::string& name,
                   const std::function<void(Run&, uint64_t& next_image_id)>& change) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const uint64_t version = catalog_.version + 1;
  const auto [found, added] = catalog_.runs.try_emplace(name);
  if (added) found->second = std::make_unique<Run>(version);
  Run& run = *found->second;
  change(run, catalog_.next_image_id);
  if (run.settle(version) || added) {
    catalog_.version = version;
    newer_.notify_all();
  }
}

void Store::remove_run(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (catalog_.runs.erase(name) == 0) return;
  catalog_.removed[name] = ++catalog_.version;
  newer_.notify_all();
}

void Store::set_problems(std::vector<std::string> problems) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (problems == catalog_.problems) return;
  catalog_.problems = std::move(problems);
  ++catalog_.version;
  newer_.notify_all();
}

void Store::finish_loading() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!catalog_.loading) return;
  catalog_.loading = false;
  ++catalog_.version;
  newer_.notify_all();
}

}  // namespace suar::dashboard
