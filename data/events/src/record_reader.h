#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suar/event_reader.h>

#include "crc32c.h"
#include "record_format.h"

namespace suar {

/// Whether a reader looks at checksums. Only a benchmark that says what they cost does not.
enum class Checksums { verified, ignored };

/// Reads the records of a file that may still grow, and steps over damage: see `EventReader`.
class RecordReader {
 public:
  /// Opens the file to read from `offset` on. Throws `suar::Error` when it cannot be opened.
  explicit RecordReader(std::filesystem::path path, uint64_t offset = 0,
                        Checksums checksums = Checksums::verified);
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  struct Record {
    uint64_t offset = 0;    ///< of the header in the file
    std::string_view data;  ///< valid until the next call
  };

  /// The next record whose checksums are right; empty when there is no further whole one now.
  /// Throws `suar::Error` when the disk fails: a later call tries again.
  std::optional<Record> next() {
    // Nearly every record is short, whole and near: inline, without a call but for the checksum.
    const uint64_t at = offset_ - window_offset_;
    if (at < window_size_ && window_size_ - at > kRecordHeaderSize) {
      const char* const header = window_.get() + at;
      const auto length = load_little_endian<uint64_t>(header);
      if (length < kShortLengths &&
          kShortLengthChecksums[length] == load_little_endian<uint32_t>(header + 8) &&
          window_size_ - at - kRecordHeaderSize >= length + kRecordFooterSize) {
        const char* const data = header + kRecordHeaderSize;
        if (has_checksum(data, length)) {
          return take(data, length);
        }
      }
    }
    return next_of_any_kind();
  }

  /// What was read of the file already from `offset()` on. Valid until the next call of `next`.
  std::string_view ahead() const {
    const uint64_t at = offset_ - window_offset_;
    return at < window_size_ ? std::string_view(window_.get() + at, window_size_ - at)
                             : std::string_view();
  }

  /// Goes on behind the first `size` bytes of `ahead()`: records which the caller found to be good.
  void skip(std::size_t size) {
    if (size == 0) return;
    bytes_checked_ += size;
    offset_ += size;
    last_end_ = offset_;
    last_checksum_ = load_little_endian<uint32_t>(window_.get() + (offset_ - window_offset_) -
                                                  kRecordFooterSize);
    searching_ = false;
  }

  Checksums checksums() const { return checksums_; }

  /// Adds the record that `next` returned last to the damage: its data means nothing.
  void reject_last(const std::string& reason);

  bool replaced() const;
  const std::vector<Damage>& damage() const { return damage_; }
  uint64_t offset() const { return offset_; }
  const std::filesystem::path& path() const { return path_; }

  /// Number of bytes of which a checksum was taken: the work done so far, linear in the bytes read
  /// whatever they are.
  uint64_t bytes_checked() const { return bytes_checked_; }

 private:
  /// `size` bytes of the file at `offset`, for now; null while the file has not got them.
  const char* view(uint64_t offset, std::size_t size) {
    const bool there = offset >= window_offset_ && offset + size <= window_offset_ + window_size_;
    return there ? window_.get() + (offset - window_offset_) : read_ahead(offset, size);
  }
  const char* read_ahead(uint64_t offset, std::size_t size);
  std::optional<Record> next_of_any_kind();

  /// The record at `offset_`, which is good.
  Record take(const char* data, std::size_t length) {
    last_offset_ = offset_;
    offset_ += kRecordHeaderSize + length + kRecordFooterSize;
    last_end_ = offset_;
    last_checksum_ = load_little_endian<uint32_t>(data + length);
    searching_ = false;
    return {last_offset_, {data, length}};
  }
  bool holds_last_record() const;

  bool is_header(const char* bytes);
  bool has_checksum(const char* bytes, std::size_t size) {
    if (checksums_ == Checksums::ignored) return true;
    bytes_checked_ += size;
    return load_little_endian<uint32_t>(bytes + size) == mask_crc(crc32c(bytes, size));
  }
  void step_over_byte(const char* reason);
  void step_over_record(uint64_t end);
  bool goes_on_at(uint64_t offset);
  void add_damage(uint64_t offset, uint64_t length, const std::string& reason);

  std::filesystem::path path_;
  const Checksums checksums_;
  int descriptor_ = -1;
  uint64_t offset_ = 0;     ///< of the next header
  bool searching_ = false;  ///< no header began at the last offsets: looking for the next good one
  uint64_t last_offset_ = 0;  ///< of the record read last...
  uint64_t last_end_ = 0;     ///< ...which ends here; 0 while there is none
  uint32_t last_checksum_ = 0;
  std::unique_ptr<char[]> window_;  ///< what was read ahead...
  std::size_t window_capacity_ = 0;
  std::size_t window_size_ = 0;
  uint64_t window_offset_ = 0;  ///< ...from this offset on
  std::vector<Damage> damage_;
  uint64_t bytes_checked_ = 0;
  uint64_t search_end_ = 0;     ///< end of the damaged records that were searched so far
  uint64_t search_budget_ = 0;  ///< bytes of data that may still be checked in vain before there
};

}  // namespace suar
