#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <suar/event_reader.h>

#include "crc32c.h"
#include "damage_list.h"
#include "input_file.h"
#include "record_format.h"
#include "search_budget.h"

namespace suar {

/// Whether a reader looks at checksums. Only a benchmark that says what they cost does not.
enum class Checksums { verified, ignored };

/// Reads the records of a file that may still grow, and steps over damage: see `EventReader`.
class RecordReader {
 public:
  /// Opens the file to read from `offset` on. Throws `suar::Error` when it cannot be opened.
  explicit RecordReader(std::filesystem::path path, uint64_t offset = 0,
                        Checksums checksums = Checksums::verified);
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  struct Record {
    uint64_t offset = 0;    ///< of the header in the file
    std::string_view data;  ///< valid until the next call
  };

  static constexpr uint64_t kWholeFile = std::numeric_limits<uint64_t>::max();

  /// The next record whose checksums are right; empty when there is no further whole one now, and
  /// when about `most` bytes were searched for one in vain: `in_search` tells. Throws `suar::Error`
  /// when the disk fails: a later call tries again.
  std::optional<Record> next(uint64_t most = kWholeFile) {
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
    return next_of_any_kind(most);
  }

  /// The record that begins at `offset()`; empty when none does that is good.
  std::optional<Record> next_here();

  /// True when the last call of `next` ended before the search did.
  bool in_search() const { return in_search_; }

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
    bytes_passed_ += size;
    offset_ += size;
    last_checksum_ = load_little_endian<uint32_t>(window_.get() + (offset_ - window_offset_) -
                                                  kRecordFooterSize);
    found();
  }

  Checksums checksums() const { return checksums_; }

  /// Adds the record that `next` returned last to the damage: its data means nothing. `reason` is a
  /// literal.
  void reject_last(std::string_view reason);

  /// See `EventReader`.
  FileNews look();
  void rest() { file_.rest(); }

  const DamageList& damage() const { return damage_; }
  uint64_t offset() const { return offset_; }
  const std::filesystem::path& path() const { return file_.path(); }

  /// Number of bytes that were read or searched, those that were so twice counted twice.
  uint64_t bytes_passed() const { return bytes_passed_; }

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
  void drop_window();
  std::optional<Record> next_of_any_kind(uint64_t most);

  /// The record at `offset_`, which is good.
  Record take(const char* data, std::size_t length) {
    const std::size_t size = kRecordHeaderSize + length + kRecordFooterSize;
    last_offset_ = offset_;
    offset_ += size;
    bytes_passed_ += size;
    last_checksum_ = load_little_endian<uint32_t>(data + length);
    found();
    return {last_offset_, {data, length}};
  }

  /// A good record ends at `offset_`.
  void found() {
    last_end_ = offset_;
    in_garbage_ = false;
  }
  bool holds_last_record();

  bool is_header(const char* bytes) {
    const auto length = load_little_endian<uint64_t>(bytes);
    // Garbage as a rule means an absurd length.
    if (length > kLargestRecord) return false;
    if (length < kShortLengths && checksums_ == Checksums::verified) {
      return kShortLengthChecksums[length] == load_little_endian<uint32_t>(bytes + 8);
    }
    return has_checksum(bytes, sizeof length);
  }
  bool has_checksum(const char* bytes, std::size_t size) {
    if (checksums_ == Checksums::ignored) return true;
    bytes_checked_ += size;
    return load_little_endian<uint32_t>(bytes + size) == mask_crc(crc32c(bytes, size));
  }

  std::size_t bytes_without_header(const char* bytes);
  void step_over(uint64_t size, std::string_view reason);
  bool is_cut_off_before(uint64_t end, uint64_t limit);
  bool holds_good_record(uint64_t limit);
  bool holds_good_unfinished_record();
  bool is_good(uint64_t offset, uint64_t end);

  void note_end(const FileStatus& status);
  bool may_read_on();
  void go_back();

  InputFile file_;
  const Checksums checksums_;
  uint64_t offset_ = 0;      ///< of the next header
  bool in_garbage_ = false;  ///< no header began at the last offsets: looking for the next good one
  bool in_search_ = false;
  uint64_t last_offset_ = 0;  ///< of the record read last...
  uint64_t last_end_ = 0;     ///< ...which ends here, or where reading began
  std::optional<uint32_t> last_checksum_;

  std::unique_ptr<char[]> window_;  ///< what was read ahead...
  std::size_t window_capacity_ = 0;
  std::size_t window_size_ = 0;
  uint64_t window_offset_ = 0;  ///< ...from this offset on
  FileStatus window_status_;    ///< before that

  uint64_t bytes_passed_ = 0;
  uint64_t bytes_checked_ = 0;

  DamageList damage_;
  SearchBudget budget_;
  // What there was when the damage behind `last_end_` was met.
  DamageList::Totals damage_before_;
  FileStatus status_before_;

  // While the record at `offset_` is not whole: the search for a good one behind its header.
  struct Place {
    uint64_t offset;
    uint64_t end;
  };
  uint64_t proof_ = 0;             ///< such a record begins here
  uint64_t searched_ = 0;          ///< none begins before, but perhaps...
  std::vector<Place> unfinished_;  ///< ...these, which are not whole yet
  SearchBudget proof_budget_;

  /// Of the file when it was read to its end: what was seen of it is not older.
  std::optional<FileStatus> end_status_;
  uint64_t credit_ = 0;  ///< bytes that may be searched again
};

}  // namespace suar
