// Any bytes as a record file: read whole, and read while it grows; by single records and in
// batches, which must give the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "crc32c.h"
#include "event_readings.h"
#include "record_format.h"
#include "record_reader.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

/// A file in memory.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("tfevents", MFD_CLOEXEC)) { require(descriptor_ >= 0); }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  void append(const uint8_t* data, std::size_t size) {
    require(write(descriptor_, data, size) == static_cast<ssize_t>(size));
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// Reads what is there; records and damage cover the bytes up to `reader.offset()`, each byte once.
void read_all(suar::RecordReader& reader, uint64_t& covered, std::size_t size) {
  while (const auto record = reader.next()) {
    require(record->offset + 16 + record->data.size() == reader.offset());
    covered += 16 + record->data.size();
  }
  uint64_t end = 0;
  for (const auto& damage : reader.damage().places()) {
    require(damage.offset >= end && damage.length > 0);
    end = damage.offset + damage.length;
  }
  require(covered + reader.damage().totals().bytes == reader.offset());
  require(reader.offset() <= size);
}

/// Gives what looks like a record the checksums that it should have, so that what was changed
/// inside is read as an event; about one in 256 keeps a wrong one.
std::string with_right_checksums(const uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto set_checksum = [&](std::size_t begin, std::size_t length) {
    char* const checksum = bytes.data() + begin + length;
    if (*checksum == '\xff') return;
    suar::store_little_endian(checksum, suar::mask_crc(suar::crc32c(&bytes[begin], length)));
  };
  constexpr std::size_t kFrame = suar::kRecordHeaderSize + suar::kRecordFooterSize;
  for (std::size_t at = 0; at + kFrame <= size;) {
    const auto length = suar::load_little_endian<uint64_t>(&bytes[at]);
    if (length > size - at - kFrame) {
      ++at;
      continue;
    }
    set_checksum(at, sizeof length);
    set_checksum(at + suar::kRecordHeaderSize, static_cast<std::size_t>(length));
    at += kFrame + static_cast<std::size_t>(length);
  }
  return bytes;
}

/// In batches as without, while the file grows at `cut` and when it is there as a whole.
void compare_ways_to_read(const std::string& bytes, std::size_t cut) {
  const auto number = [&](std::size_t from_end) -> std::size_t {
    return bytes.size() < from_end ? 0 : static_cast<uint8_t>(bytes[bytes.size() - from_end]);
  };
  suar::BatchLimits limits;
  limits.scalars = 1 + number(1);
  limits.events = 1 + number(2);
  limits.bytes = 1 + 16 * number(3);

  const auto* const data = reinterpret_cast<const uint8_t*>(bytes.data());
  MemoryFile file;
  suar::testing::ReadingInBatches in_batches(file.path(), limits);
  suar::testing::ReadingOneByOne one_by_one(file.path());
  file.append(data, cut);
  require(in_batches.read_on() == one_by_one.read_on());
  file.append(data + cut, bytes.size() - cut);
  require(in_batches.read_on() == one_by_one.read_on());

  suar::testing::ReadingInBatches whole_in_batches(file.path(), suar::BatchLimits());
  suar::testing::ReadingOneByOne whole(file.path());
  require(whole_in_batches.read_on() == whole.read_on());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  MemoryFile file;
  // The first byte says where the file is cut while it grows.
  const std::size_t first = size == 0 ? 0 : data[0] * size / 256;
  compare_ways_to_read({reinterpret_cast<const char*>(data), size}, first);
  compare_ways_to_read(with_right_checksums(data, size), first);

  suar::RecordReader growing(file.path());
  uint64_t covered = 0;
  file.append(data, first);
  read_all(growing, covered, first);
  file.append(data + first, size - first);
  read_all(growing, covered, size);

  suar::RecordReader whole(file.path());
  covered = 0;
  read_all(whole, covered, size);
  require(whole.bytes_checked() <= 16 * size);
  return 0;
}
