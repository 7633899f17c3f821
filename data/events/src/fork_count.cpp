#include "fork_count.h"

#include <pthread.h>

namespace suar {

void ForkCount::watch() {
  static const int watched =
      pthread_atfork(nullptr, nullptr, [] { count_.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(watched);
}

}  // namespace suar
