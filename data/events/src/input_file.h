#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include <sys/stat.h>
#include <time.h>

namespace suar {

/// What a file was like when somebody looked.
class FileStatus {
 public:
  /// Of no file.
  FileStatus() = default;

  /// As the kernel says it at the time `now`.
  FileStatus(const struct stat& status, const timespec& now);

  uint64_t size() const { return size_; }
  bool is_of_same_file(const FileStatus& other) const;

  /// True when the file was surely not written after `earlier` was taken, until this was.
  bool is_unchanged_since(const FileStatus& earlier) const;

 private:
  bool exists_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  uint64_t size_ = 0;
  timespec changed_{};
  bool settled_ = false;  ///< a later change will be seen by its time
};

/// A file that is read here and written elsewhere. It stays open until `rest`, and is opened again
/// when it is needed: there may be more files than descriptors.
class InputFile {
 public:
  /// Opens the file. Throws `suar::Error` when it cannot be opened or is no regular one.
  explicit InputFile(std::filesystem::path path);
  ~InputFile() { rest(); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// What the path names now, be it this file or another one.
  FileStatus status_of_path() const;

  /// Of this file; that of no file when the path names another one since it was closed.
  FileStatus status() const;

  bool is_this_file(const FileStatus& status) const { return status.is_of_same_file(opened_); }

  /// Reads `size` bytes at `offset`, or as many as there are, and returns their number. Throws
  /// `suar::Error` when the disk fails.
  std::size_t read(uint64_t offset, char* bytes, std::size_t size);

  /// Closes the file until it is read again.
  void rest();

 private:
  bool open_again();

  std::filesystem::path path_;
  int descriptor_ = -1;
  FileStatus opened_;  ///< when it was opened first
};

}  // namespace suar
