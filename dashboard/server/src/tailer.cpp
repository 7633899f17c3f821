#include "tailer.h"

#include <algorithm>
#include <utility>

namespace suar::dashboard {
namespace {

using Clock = std::chrono::steady_clock;

// The longest that looking for runs may keep the known ones waiting.
constexpr auto kWalkSlice = std::chrono::milliseconds(50);

// Of the time, at most one part in so many goes into looking for runs.
constexpr int kWalkShare = 10;

}  // namespace

Tailer::Tailer(Store& store, std::filesystem::path log_directory,
               std::chrono::milliseconds interval)
    : store_(store),
      log_directory_(std::move(log_directory)),
      interval_(interval),
      discovery_(log_directory_),
      thread_([this] { work(); }) {}

Tailer::~Tailer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Tailer::work() {
  do {
    const auto begin = Clock::now();
    const bool more = round();
    if (!sleep_until(more ? Clock::now() : begin + interval_)) return;
  } while (true);
}

// True when there is more to do at once.
bool Tailer::round() {
  bool walked_all = true;
  const auto begin = Clock::now();
  if (begin >= next_discovery_) {
    walked_all = discovery_.advance(begin + kWalkSlice);
    walk_time_ += Clock::now() - begin;
    if (walked_all) {
      discovered_once_ = true;
      next_discovery_ = begin + kWalkShare * walk_time_;
      walk_time_ = {};
      drop_lost_runs();
    }
  }
  const bool more = poll_runs();
  publish_problems();
  if (discovered_once_ && !more) store_.finish_loading();
  return more || !walked_all;
}

bool Tailer::poll_runs() {
  bool more = false;
  for (const auto& [name, files] : discovery_.runs()) {
    if (stopping_) return false;
    auto& loader = loaders_[name];
    if (!loader) {
      const auto directory = name == "." ? log_directory_ : log_directory_ / name;
      loader = std::make_unique<RunLoader>(store_, name, directory);
    }
    more |= loader->poll(files);
  }
  return more;
}

void Tailer::drop_lost_runs() {
  for (auto loader = loaders_.begin(); loader != loaders_.end();) {
    if (discovery_.runs().count(loader->first) > 0) {
      ++loader;
    } else {
      store_.remove_run(loader->first);
      loader = loaders_.erase(loader);
    }
  }
}

void Tailer::publish_problems() {
  std::vector<std::string> problems = discovery_.problems();
  for (const auto& [name, loader] : loaders_) {
    problems.insert(problems.end(), loader->problems().begin(), loader->problems().end());
  }
  store_.set_problems(std::move(problems));
}

// False when it is time to stop.
bool Tailer::sleep_until(Clock::time_point time) {
  std::unique_lock<std::mutex> lock(mutex_);
  return !stop_.wait_until(lock, time, [this] { return stopping_.load(); });
}

}  // namespace suar::dashboard
