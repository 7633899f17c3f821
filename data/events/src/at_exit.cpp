#include "at_exit.h"

#include <cstdlib>
#include <mutex>
#include <set>
#include <utility>

#include <pthread.h>

namespace suar {

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
    std::atexit([] { instance().act(); });
    // So that a child gets neither a lock that is held for ever nor what belongs to its parent.
    pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                   [] {
                     instance().objects_.clear();
                     instance().mutex_.unlock();
                   });
  }

  void act() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const AtExit* object : objects_) object->act_();
  }

  std::mutex mutex_;
  std::set<const AtExit*> objects_;
};

AtExit::AtExit(std::function<void()> act) : act_(std::move(act)) {
  AtExitList::instance().add(this);
}

AtExit::~AtExit() {
  AtExitList::instance().remove(this);
}

}  // namespace suar
