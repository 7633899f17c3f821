#include "record_reader.h"

#include <algorithm>
#include <utility>

#include "crc32c.h"
#include "record_format.h"

namespace suar {
namespace {

constexpr std::size_t kReadAhead = std::size_t{256} << 10;

// So many bytes may be searched again whenever the file has changed, on the average.
constexpr uint64_t kSearchedAgain = uint64_t{8} << 20;

// More are not remembered: they are found again if a record behind them proves to be good.
constexpr std::size_t kMostUnfinished = 64;

constexpr char kNoHeader[] = "no record begins here: the checksum of the length is wrong";
constexpr char kTooLong[] = "no record begins here: its length would be above 1 GiB";
constexpr char kWrongData[] = "the checksum of the data is wrong";
constexpr char kCutOff[] = "the end of the record is missing";

}  // namespace

RecordReader::RecordReader(std::filesystem::path path, uint64_t offset, Checksums checksums)
    : file_(std::move(path)), checksums_(checksums), offset_(offset), last_end_(offset) {}

const char* RecordReader::read_ahead(uint64_t offset, std::size_t size) {
  window_status_ = file_.status();
  window_size_ = 0;
  // Nothing is allocated for bytes that the file does not have.
  const uint64_t file_size = window_status_.size();
  if (offset > file_size || file_size - offset < size) {
    drop_window();
    return nullptr;
  }
  const auto wanted =
      static_cast<std::size_t>(std::min<uint64_t>(std::max(size, kReadAhead), file_size - offset));
  if (wanted > window_capacity_) {
    window_.reset(new char[wanted]);
    window_capacity_ = wanted;
  }
  window_offset_ = offset;
  window_size_ = file_.read(offset, window_.get(), wanted);
  return window_size_ >= size ? window_.get() : nullptr;
}

/// Hundreds of files may be waited for at a time.
void RecordReader::drop_window() {
  window_.reset();
  window_capacity_ = 0;
  window_size_ = 0;
}

std::optional<RecordReader::Record> RecordReader::next_of_any_kind(uint64_t most) {
  in_search_ = false;
  if (end_status_ && !may_read_on()) return std::nullopt;
  end_status_.reset();
  const uint64_t limit = most < kWholeFile - bytes_passed_ ? bytes_passed_ + most : kWholeFile;
  while (const char* header = view(offset_, kRecordHeaderSize)) {
    if (bytes_passed_ >= limit) {
      in_search_ = true;
      return std::nullopt;
    }
    if (const std::size_t size = bytes_without_header(header)) {
      step_over(size, has_checksum(header, sizeof(uint64_t)) ? kTooLong : kNoHeader);
      continue;
    }
    const auto length = static_cast<std::size_t>(load_little_endian<uint64_t>(header));
    const uint64_t data_offset = offset_ + kRecordHeaderSize;
    const uint64_t end = data_offset + length + kRecordFooterSize;
    const char* const data = view(data_offset, length + kRecordFooterSize);
    if (data != nullptr && has_checksum(data, length)) return take(data, length);

    const FileStatus status = window_status_;
    const bool cut_off = is_cut_off_before(end, limit);
    if (in_search_) return std::nullopt;
    if (cut_off) {
      step_over(1, data == nullptr ? kCutOff : kWrongData);
    } else if (data != nullptr) {
      step_over(end - offset_, kWrongData);
      in_garbage_ = false;
    } else {
      note_end(status);
      return std::nullopt;
    }
  }
  note_end(window_status_);
  return std::nullopt;
}

std::optional<RecordReader::Record> RecordReader::next_here() {
  const char* const header = view(offset_, kRecordHeaderSize);
  if (header == nullptr || !is_header(header)) return std::nullopt;
  const auto length = static_cast<std::size_t>(load_little_endian<uint64_t>(header));
  const char* const data = view(offset_ + kRecordHeaderSize, length + kRecordFooterSize);
  if (data == nullptr || !has_checksum(data, length)) return std::nullopt;
  return take(data, length);
}

/// Number of the bytes from `bytes` on, in the window, at which surely no record begins.
std::size_t RecordReader::bytes_without_header(const char* bytes) {
  const char* const end = window_.get() + window_size_;
  const auto most = std::min<std::size_t>(static_cast<std::size_t>(end - bytes), kReadAhead);
  std::size_t size = 0;
  while (size + kRecordHeaderSize <= most && !is_header(bytes + size)) ++size;
  return size;
}

void RecordReader::step_over(uint64_t size, std::string_view reason) {
  if (offset_ == last_end_) {
    damage_before_ = damage_.totals();
    status_before_ = window_status_;
  }
  damage_.add(offset_, size, reason, in_garbage_);
  in_garbage_ = true;
  offset_ += size;
  bytes_passed_ += size;
}

/// The header at `offset_` is good, the data is not, or not there as far as `end`. True when a part
/// of the record is missing, so that good ones begin before `end`. Ends `in_search_` when `limit`
/// is reached.
bool RecordReader::is_cut_off_before(uint64_t end, uint64_t limit) {
  if (end > window_status_.size()) return holds_good_record(limit);
  char header[kRecordHeaderSize];
  if (file_.read(end, header, sizeof header) == sizeof header) {
    // When the next record begins where it should, the bytes of this one were changed.
    return !is_header(header) && budget_.spend(offset_, end);
  }
  return holds_good_record(limit) && budget_.spend(offset_, end);
}

/// True when a good record begins behind the header at `offset_`.
bool RecordReader::holds_good_record(uint64_t limit) {
  if (proof_ > offset_ || holds_good_unfinished_record()) return true;
  searched_ = std::max(searched_, offset_ + 1);
  while (const char* const header = view(searched_, kRecordHeaderSize)) {
    if (bytes_passed_ >= limit) {
      in_search_ = true;
      return false;
    }
    if (const std::size_t size = bytes_without_header(header)) {
      searched_ += size;
      bytes_passed_ += size;
      continue;
    }
    const auto length = load_little_endian<uint64_t>(header);
    const uint64_t end = searched_ + kRecordHeaderSize + length + kRecordFooterSize;
    const Place place{searched_++, end};
    if (place.end > window_status_.size()) {
      if (unfinished_.size() < kMostUnfinished) unfinished_.push_back(place);
    } else if (is_good(place.offset, place.end)) {
      proof_ = place.offset;
      return true;
    }
  }
  return false;
}

bool RecordReader::holds_good_unfinished_record() {
  std::vector<Place> rest;
  for (const Place& place : unfinished_) {
    if (place.end > window_status_.size()) {
      rest.push_back(place);
    } else if (place.offset > offset_ && is_good(place.offset, place.end)) {
      proof_ = place.offset;
      return true;
    }
  }
  unfinished_ = std::move(rest);
  return false;
}

/// Whether the data of the record there, whose header is good, is good too.
bool RecordReader::is_good(uint64_t offset, uint64_t end) {
  if (!proof_budget_.spend(offset, end)) return false;
  const uint64_t data_offset = offset + kRecordHeaderSize;
  const auto length = static_cast<std::size_t>(end - data_offset) - kRecordFooterSize;
  const char* const data = view(data_offset, length + kRecordFooterSize);
  return data != nullptr && has_checksum(data, length);
}

/// There is nothing more to read in the file, of which nothing was seen before it had this status.
void RecordReader::note_end(const FileStatus& status) {
  end_status_ = offset_ > last_end_ ? status_before_ : status;
  drop_window();
}

/// The file was read to its end. What was no good record there may have become one: the bytes of a
/// file can be seen later than its size says, on a network or while it is copied.
bool RecordReader::may_read_on() {
  if (file_.status().is_unchanged_since(*end_status_)) return false;
  const uint64_t again = std::max(offset_, searched_) - last_end_;
  credit_ += kSearchedAgain;
  if (credit_ >= again) {
    credit_ = 0;
    go_back();
    return true;
  }
  // What comes behind the damage would make it final.
  return offset_ == last_end_;
}

/// To where the record read last ended.
void RecordReader::go_back() {
  if (offset_ > last_end_) damage_.take_back(damage_before_);
  offset_ = last_end_;
  in_garbage_ = false;
  budget_ = {};
  proof_ = 0;
  searched_ = 0;
  unfinished_.clear();
  proof_budget_ = {};
  drop_window();
}

void RecordReader::reject_last(std::string_view reason) {
  damage_.add(last_offset_, offset_ - last_offset_, reason, false);
}

FileNews RecordReader::look() {
  const FileStatus now = file_.status_of_path();
  if (!file_.is_this_file(now) || now.size() < offset_) return FileNews::replaced;
  if (end_status_ && now.is_unchanged_since(*end_status_)) return FileNews::none;
  return holds_last_record() ? FileNews::some : FileNews::replaced;
}

/// False when other bytes stand now where the record read last ended: the file was written anew. A
/// time is part of every event, so that its checksum is another one in another file.
bool RecordReader::holds_last_record() {
  char checksum[kRecordFooterSize];
  return !last_checksum_ ||
         file_.read(last_end_ - sizeof checksum, checksum, sizeof checksum) < sizeof checksum ||
         load_little_endian<uint32_t>(checksum) == *last_checksum_;
}

}  // namespace suar
