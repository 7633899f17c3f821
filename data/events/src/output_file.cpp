#include "output_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <suar/error.h>

#include "record_writer.h"

namespace suar {
namespace {

/// What a failing disk may make us hold in memory.
constexpr std::size_t kLargestBuffer = std::size_t{16} << 20;

}  // namespace

OutputFile::OutputFile(std::filesystem::path path, std::function<void(const std::string&)> on_error)
    : path_(std::move(path)), on_error_(std::move(on_error)) {
  descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    throw Error("cannot create the event file " + path_.string() + ": " + std::strerror(errno) +
                ". Choose a log directory that can be written.");
  }
}

OutputFile::~OutputFile() {
  close(descriptor_);
}

void OutputFile::append(std::string_view data) {
  if (failing_ && buffer_.size() + data.size() > kLargestBuffer) {
    ++lost_;
    return;
  }
  const auto before = buffer_.size();
  append_record(buffer_, data);
  record_sizes_.push_back(buffer_.size() - before);
}

bool OutputFile::flush() {
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
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
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

void OutputFile::sync() {
  if (fsync(descriptor_) != 0) report("sync", errno);
}

void OutputFile::report(const std::string& doing, int error) {
  if (!std::exchange(failing_, true)) {
    on_error_("cannot " + doing + " " + path_.string() + ": " + std::strerror(error) +
              ". Training goes on; logging tries again.");
  }
}

}  // namespace suar
