#include "zip_check.h"

#include <cstdint>
#include <fstream>
#include <limits>
#include <new>
#include <string_view>
#include <vector>

#include <zlib.h>

#include <suar/error.h>

namespace suar::graph_export {
namespace {

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kDirectoryEntry = 0x02014b50;
constexpr uint32_t kDirectoryEnd = 0x06054b50;
constexpr uint32_t kDirectoryEnd64 = 0x06064b50;
constexpr uint32_t kDirectoryEnd64Locator = 0x07064b50;
constexpr std::size_t kDirectoryEndSize = 22;
constexpr std::size_t kLongestComment = 65535;
constexpr uint64_t kIn64 = 0xffffffff;  ///< the number is in the field for 64 bits
constexpr uint16_t kExtra64 = 1;

class Archive {
 public:
  Archive(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  void check() const {
    uint64_t entries = 0;
    uint64_t position = 0;
    find_directory(entries, position);
    if (entries > bytes_.size()) fail("a directory that cannot be");
    for (uint64_t i = 0; i < entries; ++i) position = check_entry(position);
  }

 private:
  struct Entry {
    uint64_t method = 0, crc = 0, packed_size = 0, size = 0, local_header = 0;
    std::string_view name;
  };

  [[noreturn]] void fail(const std::string& found) const {
    throw Error(name_ + ": expected a TorchScript file, as torch.jit.save() writes it, found " +
                found + ". The file is damaged or of another kind");
  }

  /// A little-endian number; fails behind the end.
  uint64_t number(uint64_t position, std::size_t size) const {
    const std::string_view text = part(position, size);
    uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[i]);
    return value;
  }

  std::string_view part(uint64_t position, uint64_t size) const {
    if (position > bytes_.size() || size > bytes_.size() - position) fail("a part that is cut off");
    return bytes_.substr(position, size);
  }

  void find_directory(uint64_t& entries, uint64_t& position) const {
    if (bytes_.size() < kDirectoryEndSize) fail("no ZIP archive");
    const std::size_t last = bytes_.size() - kDirectoryEndSize;
    const std::size_t first = last > kLongestComment ? last - kLongestComment : 0;
    std::size_t end = last;
    while (number(end, 4) != kDirectoryEnd) {
      if (end == first) fail("no ZIP archive");
      --end;
    }
    entries = number(end + 10, 2);
    position = number(end + 16, 4);
    constexpr std::size_t kLocatorSize = 20;
    if (end >= kLocatorSize && number(end - kLocatorSize, 4) == kDirectoryEnd64Locator) {
      const uint64_t end64 = number(end - kLocatorSize + 8, 8);
      if (number(end64, 4) != kDirectoryEnd64) fail("a directory without an end");
      entries = number(end64 + 32, 8);
      position = number(end64 + 48, 8);
    }
  }

  /// Returns the position of the next entry of the directory.
  uint64_t check_entry(uint64_t position) const {
    if (number(position, 4) != kDirectoryEntry) fail("a directory that is broken off");
    const uint64_t name_size = number(position + 28, 2);
    const uint64_t extra_size = number(position + 30, 2);
    const uint64_t comment_size = number(position + 32, 2);
    Entry entry;
    entry.method = number(position + 10, 2);
    entry.crc = number(position + 16, 4);
    entry.packed_size = number(position + 20, 4);
    entry.size = number(position + 24, 4);
    entry.local_header = number(position + 42, 4);
    entry.name = part(position + 46, name_size);
    read_64_bit_numbers(position + 46 + name_size, extra_size, entry);
    check_member(entry);
    return position + 46 + name_size + extra_size + comment_size;
  }

  void read_64_bit_numbers(uint64_t position, uint64_t size, Entry& entry) const {
    const uint64_t end = position + size;
    while (position + 4 <= end) {
      const uint64_t kind = number(position, 2);
      const uint64_t length = number(position + 2, 2);
      position += 4;
      if (kind == kExtra64) {
        uint64_t field = position;
        for (uint64_t* value : {&entry.size, &entry.packed_size, &entry.local_header}) {
          if (*value != kIn64) continue;
          *value = number(field, 8);
          field += 8;
        }
      }
      position += length;
    }
  }

  void check_member(const Entry& entry) const {
    const uint64_t header = entry.local_header;
    const std::string name(entry.name);
    if (number(header, 4) != kLocalHeader) fail("a directory that leads astray");
    const uint64_t name_size = number(header + 26, 2);
    if (part(header + 30, name_size) != entry.name || number(header + 8, 2) != entry.method) {
      fail("\"" + name + "\" under another name");
    }
    const uint64_t begin = header + 30 + name_size + number(header + 28, 2);
    const std::string_view packed = part(begin, entry.packed_size);
    uint64_t size = 0;
    uLong crc = crc32(0, nullptr, 0);
    if (entry.method == 0) {
      size = packed.size();
      crc = add_to_crc(crc, packed);
    } else if (entry.method == Z_DEFLATED) {
      crc = unpacked_crc(packed, size);
    } else {
      fail("\"" + name + "\" packed in a way of its own");
    }
    if (size != entry.size || crc != entry.crc) fail("\"" + name + "\" with a wrong checksum");
  }

  static uLong add_to_crc(uLong crc, std::string_view bytes) {
    constexpr std::size_t kPiece = std::size_t{1} << 30;
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, kPiece);
      crc =
          crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
      bytes.remove_prefix(piece.size());
    }
    return crc;
  }

  uLong unpacked_crc(std::string_view packed, uint64_t& size) const {
    if (packed.size() > std::numeric_limits<uInt>::max()) fail("code of a size that cannot be");
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::vector<char> buffer(std::size_t{1} << 16);
    uLong crc = crc32(0, nullptr, 0);
    int status = Z_OK;
    while (status == Z_OK) {
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = static_cast<uInt>(buffer.size());
      status = inflate(&stream, Z_NO_FLUSH);
      const std::size_t unpacked = buffer.size() - stream.avail_out;
      size += unpacked;
      crc = add_to_crc(crc, std::string_view(buffer.data(), unpacked));
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END) fail("a part that cannot be unpacked");
    return crc;
  }

  std::string_view bytes_;
  const std::string& name_;
};

}  // namespace

void check_zip_bytes(const std::string& bytes, const std::string& name) {
  Archive(bytes, name).check();
}

void check_zip(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::string bytes;
  if (file) {
    const auto size = file.tellg();
    if (size > 0) bytes.resize(static_cast<std::size_t>(size));
    file.seekg(0).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  if (!file) throw Error(path + ": cannot be read");
  check_zip_bytes(bytes, path);
}

}  // namespace suar::graph_export
