#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace suar {

/// The file behind an `EventWriter`: buffers whole records and survives a disk that fails.
///
/// When bytes cannot be written, the records that did not get through stay in the buffer and are
/// tried again with the next flush; only what no longer fits there is lost. Not thread-safe.
class OutputFile {
 public:
  /// Creates the file. Throws `suar::Error` when it cannot.
  OutputFile(std::filesystem::path path, std::function<void(const std::string&)> on_error);
  /// Closes the file; what is still buffered is lost.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Buffers `data` as one record, or counts it as lost when the buffer is full.
  void append(std::string_view data);

  /// Writes what is buffered; false when not all of it could be written.
  bool flush();

  /// Asks the kernel to put everything on the disk.
  void sync();

  std::size_t buffered_bytes() const { return buffer_.size(); }
  uint64_t buffered_records() const { return record_sizes_.size(); }
  uint64_t lost_records() const { return lost_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  void report(const std::string& doing, int error);

  std::filesystem::path path_;
  std::function<void(const std::string&)> on_error_;
  int descriptor_ = -1;
  std::string buffer_;
  std::deque<std::size_t> record_sizes_;  ///< of the records in the buffer
  uint64_t written_ = 0;                  ///< size of the file up to its last whole record
  bool torn_ = false;                     ///< behind it lies a part of a record, to be cut off
  bool failing_ = false;                  ///< reported, and not written since
  uint64_t lost_ = 0;
};

}  // namespace suar
