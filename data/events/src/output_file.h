#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

namespace suar {

/// The file behind an `EventWriter`: buffers whole records and survives a disk that fails.
///
/// When bytes cannot be written, the records that did not get through stay in the buffer and are
/// tried again with the next flush; only what no longer fits there is lost. A descriptor that
/// somebody else closed is opened again; it is never taken for the file when its number has been
/// given to another one. Not thread-safe.
class OutputFile {
 public:
  /// Creates a file under the path that `new_path` gives, and asks for another one while there is
  /// already a file of that name. Throws `suar::Error` when it cannot.
  OutputFile(std::function<std::filesystem::path()> new_path,
             std::function<void(const std::string&)> on_error);
  /// Closes the file; what is still buffered is lost.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Buffers `data` as one record; false when it was lost because the buffer is full.
  bool append(std::string_view data);

  /// Writes what is buffered; false when not all of it could be written, or the file was deleted.
  bool flush();

  /// Asks the kernel to put what was written on the disk, and at the first time the file's name in
  /// its directory; false when it could not. Once the kernel has failed, false for this file from
  /// then on: it forgets which bytes it could not put there, and says of them later that it has. A
  /// failure is reported once until it succeeds.
  bool sync();

  /// True when the file was deleted: what is written to it goes nowhere.
  bool deleted();

  /// Leaves the file and creates another one, which is empty, as the constructor does. False when
  /// it cannot be created: try again later.
  bool begin_again();

  /// The data of the records that are buffered, which no longer are.
  std::vector<std::string> take_buffered();

  /// Counts a record that cannot be written whatever the disk does.
  void lose_record() { ++lost_; }

  std::size_t buffered_bytes() const { return buffer_.size(); }
  uint64_t buffered_records() const { return record_sizes_.size(); }
  uint64_t lost_records() const { return lost_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  bool create();
  bool is_ours(struct stat& status) const;
  bool reopen_if_closed(struct stat& status);
  void report(const std::string& doing, int error);

  const std::function<std::filesystem::path()> new_path_;
  const std::function<void(const std::string&)> on_error_;
  std::filesystem::path path_;
  int descriptor_ = -1;
  dev_t device_ = 0;  ///< with the inode, what tells the file from others
  ino_t inode_ = 0;
  std::string buffer_;
  std::deque<std::size_t> record_sizes_;  ///< of the records in the buffer
  uint64_t written_ = 0;                  ///< size of the file up to its last whole record
  bool torn_ = false;                     ///< behind it lies a part of a record, to be cut off
  bool failing_ = false;                  ///< reported, and not written since
  bool sync_failing_ = false;             ///< reported, and not synced since
  bool unsynced_ = false;                 ///< some bytes or the name never reached the disk
  bool name_on_disk_ = false;             ///< the file's entry in its directory
  uint64_t lost_ = 0;
};

}  // namespace suar
