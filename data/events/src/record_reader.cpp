#include "record_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <suar/error.h>

#include "crc32c.h"
#include "record_format.h"

namespace suar {
namespace {

constexpr std::size_t kReadAhead = std::size_t{256} << 10;

// How often a byte of damage may be looked at as the data of a record, over and over.
constexpr uint64_t kMostChecks = 4;

/// Reads until `size` bytes are there or the file ends or fails; returns the number of bytes.
/// `error` says why it failed; 0 when it did not.
std::size_t read_at(int descriptor, uint64_t offset, char* bytes, std::size_t size, int& error) {
  std::size_t done = 0;
  error = 0;
  while (done < size) {
    const ssize_t count =
        pread(descriptor, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace

RecordReader::RecordReader(std::filesystem::path path, uint64_t offset, Checksums checksums)
    : path_(std::move(path)), checksums_(checksums), offset_(offset) {
  // A pipe with an event file's name must not block us for ever.
  descriptor_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) {
    const int error = errno;
    if (descriptor_ >= 0) close(descriptor_);
    throw Error("cannot open the event file " + path_.string() + ": " + std::strerror(error));
  }
  if (!S_ISREG(status.st_mode)) {
    close(descriptor_);
    throw Error("expected an event file, found something else: " + path_.string());
  }
}

RecordReader::~RecordReader() {
  close(descriptor_);
}

const char* RecordReader::read_ahead(uint64_t offset, std::size_t size) {
  struct stat status;
  if (fstat(descriptor_, &status) != 0) return nullptr;
  const auto file_size = static_cast<uint64_t>(status.st_size);
  window_size_ = 0;
  // Nothing is allocated for bytes that the file does not have.
  if (offset > file_size || file_size - offset < size) {
    // Hundreds of files may be waited for at a time.
    window_.reset();
    window_capacity_ = 0;
    return nullptr;
  }
  const auto wanted =
      static_cast<std::size_t>(std::min<uint64_t>(std::max(size, kReadAhead), file_size - offset));
  if (wanted > window_capacity_) {
    window_.reset(new char[wanted]);
    window_capacity_ = wanted;
  }
  window_offset_ = offset;
  int error = 0;
  window_size_ = read_at(descriptor_, offset, window_.get(), wanted, error);
  if (window_size_ >= size) return window_.get();
  if (error != 0) {
    throw Error("cannot read the event file " + path_.string() + " behind byte " +
                std::to_string(offset + window_size_) + ": " + std::strerror(error));
  }
  return nullptr;
}

bool RecordReader::is_header(const char* bytes) {
  return has_checksum(bytes, sizeof(uint64_t)) &&
         load_little_endian<uint64_t>(bytes) <= kLargestRecord;
}

std::optional<RecordReader::Record> RecordReader::next_of_any_kind() {
  while (const char* header = view(offset_, kRecordHeaderSize)) {
    if (!is_header(header)) {
      step_over_byte("no record begins here: the checksum of the length is wrong");
      continue;
    }
    const auto length = static_cast<std::size_t>(load_little_endian<uint64_t>(header));
    const uint64_t data_offset = offset_ + kRecordHeaderSize;
    const char* data = view(data_offset, length + kRecordFooterSize);
    if (data == nullptr) return std::nullopt;
    const uint64_t end = data_offset + length + kRecordFooterSize;
    if (!has_checksum(data, length)) {
      step_over_record(end);
      continue;
    }
    return take(data, length);
  }
  return std::nullopt;
}

void RecordReader::step_over_byte(const char* reason) {
  add_damage(offset_, 1, reason);
  searching_ = true;
  ++offset_;
}

/// The header is good, the data is not: it was changed, or a part of it is missing. In the second
/// case good records may begin before `end`.
void RecordReader::step_over_record(uint64_t end) {
  constexpr char kReason[] = "the checksum of the data is wrong";
  if (end > search_end_) {
    search_budget_ += kMostChecks * (end - std::max(search_end_, offset_));
    search_end_ = end;
  }
  const uint64_t size = end - offset_;
  // Headers within each other would make every byte be checked again for each of them.
  if (goes_on_at(end) || search_budget_ < size) {
    add_damage(offset_, size, kReason);
    searching_ = false;
    offset_ = end;
  } else {
    search_budget_ -= size;
    step_over_byte(kReason);
  }
}

/// False when the bytes at `offset` are surely no header.
bool RecordReader::goes_on_at(uint64_t offset) {
  char header[kRecordHeaderSize];
  int ignored = 0;  // whoever reads on from here meets it again
  return read_at(descriptor_, offset, header, sizeof header, ignored) < sizeof header ||
         is_header(header);
}

void RecordReader::reject_last(const std::string& reason) {
  add_damage(last_offset_, offset_ - last_offset_, reason);
}

void RecordReader::add_damage(uint64_t offset, uint64_t length, const std::string& reason) {
  if (searching_ && !damage_.empty() && damage_.back().offset + damage_.back().length == offset) {
    damage_.back().length += length;
  } else {
    damage_.push_back({offset, length, reason});
  }
}

bool RecordReader::replaced() const {
  struct stat now, opened;
  if (fstat(descriptor_, &opened) != 0 || stat(path_.c_str(), &now) != 0) return true;
  return now.st_ino != opened.st_ino || now.st_dev != opened.st_dev ||
         static_cast<uint64_t>(opened.st_size) < offset_ || !holds_last_record();
}

/// False when other bytes stand now where the record read last ended: the file was written anew. A
/// time is part of every event, so that its checksum is another one in another file.
bool RecordReader::holds_last_record() const {
  char checksum[kRecordFooterSize];
  int ignored = 0;  // whoever reads on meets it again
  return last_end_ == 0 ||
         read_at(descriptor_, last_end_ - sizeof checksum, checksum, sizeof checksum, ignored) <
             sizeof checksum ||
         load_little_endian<uint32_t>(checksum) == last_checksum_;
}

}  // namespace suar
