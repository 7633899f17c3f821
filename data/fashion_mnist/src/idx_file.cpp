#include "idx_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include <zlib.h>

#include <suar/error.h>

namespace suar {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(path.string() + ": " + what +
              "\nGet Fashion-MNIST with `apt-get install dataset-fashion-mnist`, or with "
              "data/fashion_mnist/fetch DIRECTORY, and name its directory with --data.");
}

struct GzClose {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzHandle = std::unique_ptr<gzFile_s, GzClose>;

void read_exactly(gzFile file, const std::filesystem::path& path, uint8_t* bytes, uint64_t size) {
  uint64_t done = 0;
  while (done < size) {
    const auto wanted =
        static_cast<unsigned>(std::min<uint64_t>(size - done, std::numeric_limits<int>::max()));
    const int count = gzread(file, bytes + done, wanted);
    if (count < 0) {
      int code = 0;
      fail(path, std::string("the file is damaged: ") + gzerror(file, &code));
    }
    if (count == 0) {
      fail(path, "the file is cut short: expected " + std::to_string(size - done) +
                     " more bytes at its end");
    }
    done += static_cast<uint64_t>(count);
  }
}

std::string describe(const std::vector<int64_t>& sizes) {
  std::string text;
  for (const int64_t size : sizes) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text + " bytes";
}

}  // namespace

IdxArray read_idx_file(const std::filesystem::path& path,
                       const std::vector<int64_t>& expected_sizes) {
  const GzHandle file(gzopen(path.c_str(), "rb"));
  if (!file) fail(path, std::string("cannot open the file: ") + std::strerror(errno));

  uint8_t magic[4];
  read_exactly(file.get(), path, magic, sizeof magic);
  constexpr uint8_t kUnsignedByte = 8;
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != kUnsignedByte ||
      magic[3] != expected_sizes.size()) {
    fail(path,
         "expected an IDX file of " + describe(expected_sizes) + ", found another kind of file");
  }

  IdxArray array;
  uint64_t total = 1;
  for (std::size_t i = 0; i < expected_sizes.size(); ++i) {
    uint8_t bytes[4];
    read_exactly(file.get(), path, bytes, sizeof bytes);
    array.sizes.push_back(int64_t{bytes[0]} << 24 | int64_t{bytes[1]} << 16 |
                          int64_t{bytes[2]} << 8 | int64_t{bytes[3]});
    total *= static_cast<uint64_t>(expected_sizes[i]);
  }
  if (array.sizes != expected_sizes) {
    fail(path, "expected " + describe(expected_sizes) + ", found " + describe(array.sizes));
  }
  array.bytes.resize(total);
  read_exactly(file.get(), path, array.bytes.data(), total);
  // Reading on to the end makes zlib check the file's checksum.
  uint8_t beyond;
  const int rest = gzread(file.get(), &beyond, 1);
  if (rest != 0)
    fail(path, rest > 0 ? "the file is longer than it should be" : "the file is damaged");
  return array;
}

}  // namespace suar
