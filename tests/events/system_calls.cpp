#include "system_calls.h"

#include <cerrno>
#include <cstdarg>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace suar::testing {

std::function<ssize_t(int, const void*, size_t, off_t)> pwrite_stand_in;
std::function<int(int)> fsync_stand_in;
std::function<int(const char*, int, mode_t)> open_stand_in;
bool ftruncate_fails = false;

int real_open(const char* path, int flags, mode_t mode) {
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t real_pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  return syscall(SYS_pwrite64, descriptor, data, size, offset);
}

int fail(int error) {
  errno = error;
  return -1;
}

RealSystemCallsAgain::~RealSystemCallsAgain() {
  pwrite_stand_in = nullptr;
  fsync_stand_in = nullptr;
  open_stand_in = nullptr;
  ftruncate_fails = false;
}

}  // namespace suar::testing

extern "C" int open(const char* path, int flags, ...) {
  using namespace suar::testing;
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  return open_stand_in ? open_stand_in(path, flags, mode) : real_open(path, flags, mode);
}

extern "C" ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  using namespace suar::testing;
  return pwrite_stand_in ? pwrite_stand_in(descriptor, data, size, offset)
                         : real_pwrite(descriptor, data, size, offset);
}

extern "C" int fsync(int descriptor) {
  using namespace suar::testing;
  return fsync_stand_in ? fsync_stand_in(descriptor)
                        : static_cast<int>(syscall(SYS_fsync, descriptor));
}

extern "C" int ftruncate(int descriptor, off_t size) noexcept {
  using namespace suar::testing;
  return ftruncate_fails ? fail(EIO) : static_cast<int>(syscall(SYS_ftruncate, descriptor, size));
}
