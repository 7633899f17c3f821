#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <pthread.h>

#include <suar/at_exit.h>

namespace suar {
namespace {
constexpr std::chrono::seconds kPatience{5};
}

class AtExitList {
 public:
  /// Never destroyed: an object may be destroyed after everything else.
  static AtExitList& instance() {
    static auto& list = *new AtExitList;
    return list;
  }

  void add(const AtExit* object) {
    const std::lock_guard<std::mutex> lock(mutex_);
    objects_.insert(object);
  }

  void remove(const AtExit* object) {
    const std::lock_guard<std::mutex> lock(mutex_);
    objects_.erase(object);
  }

 private:
  AtExitList() {
    std::atexit([] { instance().act({/*by_exception=*/false, std::this_thread::get_id()}); });
    before_ = std::set_terminate([] { instance().terminate(); });
    // So that a child gets neither a lock that is held for ever nor what belongs to its parent.
    pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                   [] {
                     instance().objects_.clear();
                     instance().mutex_.unlock();
                   });
  }

  void act(const ProgramEnd& end) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const AtExit* object : objects_) object->act_(end);
  }

  [[noreturn]] void terminate() noexcept {
    if (!terminating_.exchange(true)) act_in_time();
    if (before_ != nullptr) before_();
    std::abort();
  }

  void act_in_time() noexcept {
    try {
      std::promise<void> done;
      const std::future<void> is_done = done.get_future();
      const ProgramEnd end{/*by_exception=*/true, std::this_thread::get_id()};
      std::thread([this, end, done = std::move(done)]() mutable {
        act(end);
        done.set_value();
      }).detach();
      is_done.wait_for(kPatience);
    } catch (const std::exception&) {
      // No thread is to be had: the program ends without.
    }
  }

  std::mutex mutex_;
  std::set<const AtExit*> objects_;
  std::terminate_handler before_ = nullptr;
  std::atomic<bool> terminating_{false};
};

AtExit::AtExit(std::function<void(const ProgramEnd&)> act) : act_(std::move(act)) {
  AtExitList::instance().add(this);
}

AtExit::~AtExit() {
  AtExitList::instance().remove(this);
}

}  // namespace suar
