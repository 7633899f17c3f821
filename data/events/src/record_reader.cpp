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

/// Reads until `size` bytes are there or the file ends or fails; returns the number of bytes.
std::size_t read_at(int descriptor, uint64_t offset, char* bytes, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count =
        pread(descriptor, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace

RecordReader::RecordReader(std::filesystem::path path, uint64_t offset)
    : path_(std::move(path)), offset_(offset) {
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

std::optional<std::string_view> RecordReader::view(uint64_t offset, std::size_t size) {
  if (offset < window_offset_ || offset + size > window_offset_ + window_.size()) {
    struct stat status;
    if (fstat(descriptor_, &status) != 0) return std::nullopt;
    const auto file_size = static_cast<uint64_t>(status.st_size);
    // Nothing is allocated for bytes that the file does not have.
    if (offset > file_size || file_size - offset < size) {
      // Hundreds of files may be waited for at a time.
      window_ = {};
      return std::nullopt;
    }
    const uint64_t wanted = std::min<uint64_t>(std::max(size, kReadAhead), file_size - offset);
    window_.resize(wanted);
    window_offset_ = offset;
    window_.resize(read_at(descriptor_, offset, window_.data(), wanted));
    if (window_.size() < size) return std::nullopt;
  }
  return std::string_view(window_).substr(offset - window_offset_, size);
}

std::optional<RecordReader::Record> RecordReader::next() {
  while (const auto header = view(offset_, kRecordHeaderSize)) {
    const auto length = load_little_endian<uint64_t>(header->data());
    const bool good_header =
        load_little_endian<uint32_t>(header->data() + 8) == mask_crc(crc32c(header->data(), 8)) &&
        length <= kLargestRecord;
    if (!good_header) {
      // One byte further: linear in the damage, since no data is looked at before a header is good.
      add_damage(offset_, 1, "no record begins here: the checksum of the length is wrong");
      searching_ = true;
      ++offset_;
      continue;
    }
    const auto data_offset = offset_ + kRecordHeaderSize;
    const auto rest = view(data_offset, length + kRecordFooterSize);
    if (!rest) return std::nullopt;
    const auto data = rest->substr(0, length);
    const bool good_data = load_little_endian<uint32_t>(rest->data() + length) ==
                           mask_crc(crc32c(data.data(), data.size()));
    last_offset_ = offset_;
    offset_ = data_offset + length + kRecordFooterSize;
    searching_ = false;
    if (good_data) return Record{last_offset_, data};
    reject_last("the checksum of the data is wrong");
  }
  return std::nullopt;
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
         static_cast<uint64_t>(opened.st_size) < offset_;
}

}  // namespace suar
