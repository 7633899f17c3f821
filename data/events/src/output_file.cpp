#include "output_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <suar/error.h>

#include "record_format.h"
#include "record_writer.h"

namespace suar {
namespace {

/// What a failing disk may make us hold in memory.
constexpr std::size_t kLargestBuffer = std::size_t{16} << 20;

/// So many names are tried. Two processes can find the same one where host name and process are the
/// same, as in containers, when they look for it at the same moment.
constexpr int kMostNames = 1000;

/// Puts the file's entry in its directory on the disk, and that one's in its own, and so on: any of
/// them may be new. Returns the number of an error, or 0.
int sync_directories_of(const std::filesystem::path& file) {
  for (auto directory = file.parent_path();; directory = directory.parent_path()) {
    // One that cannot be opened was not created by us, or is no longer there.
    const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
      const int error = fsync(descriptor) == 0 ? 0 : errno;
      close(descriptor);
      // EINVAL: a file system that has nothing to put on a disk.
      if (error != 0 && error != EINVAL) return error;
    }
    if (directory == directory.parent_path()) return 0;
  }
}

}  // namespace

OutputFile::OutputFile(std::function<std::filesystem::path()> new_path,
                       std::function<void(const std::string&)> on_error)
    : new_path_(std::move(new_path)), on_error_(std::move(on_error)) {
  if (!create()) {
    throw Error("cannot create the event file " + path_.string() + ": " + std::strerror(errno) +
                ". Choose a log directory that can be written.");
  }
}

OutputFile::~OutputFile() {
  struct stat status;
  if (is_ours(status)) close(descriptor_);
}

bool OutputFile::create() {
  int descriptor = -1;
  for (int i = 0; i < kMostNames && descriptor < 0; ++i) {
    path_ = new_path_();
    descriptor = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != EEXIST) return false;
  }
  struct stat status;
  if (descriptor < 0) return false;
  if (fstat(descriptor, &status) != 0) {
    const int error = errno;
    close(descriptor);
    errno = error;
    return false;
  }
  descriptor_ = descriptor;
  device_ = status.st_dev;
  inode_ = status.st_ino;
  return true;
}

bool OutputFile::is_ours(struct stat& status) const {
  return fstat(descriptor_, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

bool OutputFile::reopen_if_closed(struct stat& status) {
  if (is_ours(status)) return true;
  // The number may belong to another file by now: it is not ours to close.
  descriptor_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor_ >= 0 && !is_ours(status)) {
    close(descriptor_);
    descriptor_ = -1;
    errno = ENOENT;
  }
  return descriptor_ >= 0;
}

bool OutputFile::deleted() {
  struct stat status;
  return reopen_if_closed(status) ? status.st_nlink == 0 : errno == ENOENT;
}

bool OutputFile::begin_again() {
  struct stat status;
  const int left = descriptor_;
  const bool was_ours = is_ours(status);
  const std::filesystem::path old_path = path_;
  if (!create()) {
    report("create", errno);
    path_ = old_path;
    return false;
  }
  if (was_ours) close(left);
  written_ = 0;
  torn_ = false;
  failing_ = false;
  sync_failing_ = false;
  unsynced_ = false;
  name_on_disk_ = false;
  on_error_(old_path.string() + " was deleted. Logging goes on in " + path_.string() + ".");
  return true;
}

std::vector<std::string> OutputFile::take_buffered() {
  std::vector<std::string> records;
  records.reserve(record_sizes_.size());
  std::size_t begin = 0;
  for (const std::size_t size : record_sizes_) {
    records.push_back(
        buffer_.substr(begin + kRecordHeaderSize, size - kRecordHeaderSize - kRecordFooterSize));
    begin += size;
  }
  buffer_.clear();
  record_sizes_.clear();
  return records;
}

bool OutputFile::append(std::string_view data) {
  if (failing_ && buffer_.size() + data.size() > kLargestBuffer) {
    ++lost_;
    return false;
  }
  const auto before = buffer_.size();
  append_record(buffer_, data);
  record_sizes_.push_back(buffer_.size() - before);
  return true;
}

bool OutputFile::flush() {
  struct stat status;
  if (!reopen_if_closed(status)) {
    report("open", errno);
    return false;
  }
  if (status.st_nlink == 0) return false;  // `begin_again` will find a place for the records
  if (torn_) {
    if (ftruncate(descriptor_, static_cast<off_t>(written_)) != 0) {
      report("cut a half-written record off", errno);
      return false;
    }
    torn_ = false;
  }
  std::size_t done = 0;
  int error = 0;
  while (done < buffer_.size() && error == 0) {
    const ssize_t count = pwrite(descriptor_, buffer_.data() + done, buffer_.size() - done,
                                 static_cast<off_t>(written_ + done));
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (count == 0) {
      error = ENOSPC;  // what POSIX allows a device to say instead
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  std::size_t whole = 0;
  while (!record_sizes_.empty() && whole + record_sizes_.front() <= done) {
    whole += record_sizes_.front();
    record_sizes_.pop_front();
  }
  buffer_.erase(0, whole);
  written_ += whole;
  if (error == 0) {
    failing_ = false;
    return true;
  }
  // A reader must never meet the half of a record followed by something else.
  torn_ = done > whole && ftruncate(descriptor_, static_cast<off_t>(written_)) != 0;
  report("write", error);
  return false;
}

bool OutputFile::sync() {
  struct stat status;
  int error = 0;
  if (!reopen_if_closed(status)) {
    error = errno;
  } else {
    error = fsync(descriptor_) == 0 ? 0 : errno;
    if (error == 0 && !name_on_disk_) {
      error = sync_directories_of(path_);
      name_on_disk_ = error == 0;
    }
    if (error != 0 && error != EINTR) unsynced_ = true;
  }
  if (error != 0 && !sync_failing_) {
    on_error_("cannot make sure that " + path_.string() +
              " is on the disk: " + std::strerror(error) +
              ". Training goes on; what was logged may not survive a power failure.");
  }
  sync_failing_ = error != 0 || unsynced_;
  return !sync_failing_;
}

void OutputFile::report(const std::string& doing, int error) {
  if (!std::exchange(failing_, true)) {
    on_error_("cannot " + doing + " " + path_.string() + ": " + std::strerror(error) +
              ". Training goes on; logging tries again.");
  }
}

}  // namespace suar
