#pragma once

#include <functional>

#include <sys/types.h>

namespace suar::testing {

/// What stands in for the system's calls in this program while a test wants them to fail. Set them
/// while no writer is at work, or from what they stand in for.
extern std::function<ssize_t(int, const void*, size_t, off_t)> pwrite_stand_in;
extern std::function<int(int)> fsync_stand_in;
extern std::function<int(const char*, int, mode_t)> open_stand_in;
extern bool ftruncate_fails;

int real_open(const char* path, int flags, mode_t mode);
ssize_t real_pwrite(int descriptor, const void* data, size_t size, off_t offset);

/// Sets `errno` and returns -1, as a call that fails.
int fail(int error);

/// Puts the system's own calls back at the end of the scope.
class RealSystemCallsAgain {
 public:
  RealSystemCallsAgain() = default;
  ~RealSystemCallsAgain();
  RealSystemCallsAgain(const RealSystemCallsAgain&) = delete;
  RealSystemCallsAgain& operator=(const RealSystemCallsAgain&) = delete;
};

}  // namespace suar::testing
