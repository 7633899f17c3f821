// Any bytes as a record file: read whole, and read while it grows.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  MemoryFile file;
  // The first byte says where the file is cut while it grows.
  const std::size_t first = size == 0 ? 0 : data[0] * size / 256;
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
