#include "input_file.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <suar/error.h>

namespace suar {
namespace {

// File systems tell times apart by 4 ms, some by two seconds: what was written a moment ago may be
// written again without another time.
constexpr int64_t kSettled = 3;

timespec now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return time;
}

int open_to_read(const std::filesystem::path& path) {
  // A pipe with an event file's name must not block us for ever.
  return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

Error cannot_open(const std::filesystem::path& path, int error) {
  return Error("cannot open the event file " + path.string() + ": " + std::strerror(error));
}

}  // namespace

FileStatus::FileStatus(const struct stat& status, const timespec& now)
    : exists_(true),
      device_(status.st_dev),
      inode_(status.st_ino),
      size_(static_cast<uint64_t>(status.st_size)),
      // Unlike the time of the last modification, nobody can set it back.
      changed_(status.st_ctim) {
  const int64_t age = int64_t{now.tv_sec} - int64_t{changed_.tv_sec};
  settled_ = age > kSettled || age < -kSettled;
}

bool FileStatus::is_of_same_file(const FileStatus& other) const {
  return exists_ && other.exists_ && inode_ == other.inode_ && device_ == other.device_;
}

bool FileStatus::is_unchanged_since(const FileStatus& earlier) const {
  return is_of_same_file(earlier) && size_ == earlier.size_ && earlier.settled_ &&
         changed_.tv_sec == earlier.changed_.tv_sec && changed_.tv_nsec == earlier.changed_.tv_nsec;
}

InputFile::InputFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = open_to_read(path_);
  struct stat status;
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) {
    const int error = errno;
    rest();
    throw cannot_open(path_, error);
  }
  if (!S_ISREG(status.st_mode)) {
    rest();
    throw Error("expected an event file, found something else: " + path_.string());
  }
  opened_ = FileStatus(status, now());
}

FileStatus InputFile::status_of_path() const {
  struct stat status;
  return stat(path_.c_str(), &status) == 0 ? FileStatus(status, now()) : FileStatus();
}

FileStatus InputFile::status() const {
  struct stat status;
  if (descriptor_ >= 0) {
    return fstat(descriptor_, &status) == 0 ? FileStatus(status, now()) : FileStatus();
  }
  const FileStatus named = status_of_path();
  return is_this_file(named) ? named : FileStatus();
}

/// False when the file is gone.
bool InputFile::open_again() {
  descriptor_ = open_to_read(path_);
  if (descriptor_ < 0 && errno != ENOENT) throw cannot_open(path_, errno);
  if (descriptor_ >= 0 && !is_this_file(status())) rest();
  return descriptor_ >= 0;
}

std::size_t InputFile::read(uint64_t offset, char* bytes, std::size_t size) {
  if (descriptor_ < 0 && !open_again()) return 0;
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count =
        pread(descriptor_, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error("cannot read the event file " + path_.string() + " behind byte " +
                  std::to_string(offset + done) + ": " + std::strerror(errno));
    }
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

void InputFile::rest() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

}  // namespace suar
