#include "png.h"

#include <algorithm>
#include <cstddef>
#include <new>

#include <zlib.h>

#include <suar/error.h>

namespace suar {
namespace {

void append_big_endian(std::string& bytes, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
}

const Bytef* zlib_bytes(const char* bytes) {
  return reinterpret_cast<const Bytef*>(bytes);
}

void append_chunk(std::string& png, const std::string& type, const std::string& content) {
  append_big_endian(png, static_cast<uint32_t>(content.size()));
  const std::size_t begin = png.size();
  png += type;
  png += content;
  const auto sum = crc32(0, zlib_bytes(png.data() + begin), static_cast<uInt>(png.size() - begin));
  append_big_endian(png, static_cast<uint32_t>(sum));
}

/// Compresses what comes and appends it as IDAT chunks.
class DataChunks {
 public:
  /// Runs of one byte and a Huffman code are all that is looked for: what else deflate finds in
  /// filtered pixels costs most of its time and saves little.
  explicit DataChunks(std::string& png) : png_(png), content_(kChunk, '\0') {
    if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS, kMemoryLevel, Z_RLE) != Z_OK) {
      throw std::bad_alloc();
    }
    make_room();
  }
  ~DataChunks() { deflateEnd(&stream_); }
  DataChunks(const DataChunks&) = delete;
  DataChunks& operator=(const DataChunks&) = delete;

  void append(const std::vector<uint8_t>& row) {
    stream_.next_in = const_cast<Bytef*>(row.data());  // zlib only reads it
    stream_.avail_in = static_cast<uInt>(row.size());
    while (stream_.avail_in > 0) {
      if (stream_.avail_out == 0) write_chunk();
      deflate(&stream_, Z_NO_FLUSH);
    }
  }

  void finish() {
    while (deflate(&stream_, Z_FINISH) != Z_STREAM_END) write_chunk();
    write_chunk();
  }

 private:
  static constexpr std::size_t kChunk = std::size_t{1} << 16;  // bytes
  static constexpr int kMemoryLevel = 8;                       // zlib's own default

  void make_room() {
    stream_.next_out = reinterpret_cast<Bytef*>(content_.data());
    stream_.avail_out = static_cast<uInt>(kChunk);
  }

  void write_chunk() {
    content_.resize(kChunk - stream_.avail_out);
    append_chunk(png_, "IDAT", content_);
    content_.resize(kChunk);
    make_room();
  }

  std::string& png_;
  std::string content_;
  z_stream stream_{};
};

std::string header_of(const Pixels& pixels) {
  constexpr char kColourTypes[] = {0, 4, 2, 6};  // grey, grey and alpha, RGB, RGBA
  std::string header;
  append_big_endian(header, static_cast<uint32_t>(pixels.width));
  append_big_endian(header, static_cast<uint32_t>(pixels.height));
  header += char{8};  // bits of a channel
  header += kColourTypes[pixels.channels - 1];
  header.append(3, '\0');  // deflate, the usual filters, not interlaced
  return header;
}

/// Rows as differences from the row above: an empty border, or a square of a matrix, becomes zeros.
void append_rows(const Pixels& pixels, DataChunks& chunks) {
  constexpr uint8_t kNone = 0, kUp = 2;
  const auto stride =
      static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.channels);
  std::vector<uint8_t> row(1 + stride, kNone);
  const uint8_t* bytes = pixels.bytes.data();
  std::copy_n(bytes, stride, row.begin() + 1);
  chunks.append(row);
  row[0] = kUp;
  for (int y = 1; y < pixels.height; ++y) {
    const uint8_t* above = bytes;
    bytes += stride;
    for (std::size_t x = 0; x < stride; ++x) row[1 + x] = static_cast<uint8_t>(bytes[x] - above[x]);
    chunks.append(row);
  }
}

void check(const Pixels& pixels) {
  const auto width = static_cast<std::size_t>(pixels.width);
  const auto height = static_cast<std::size_t>(pixels.height);
  const auto channels = static_cast<std::size_t>(pixels.channels);
  if (pixels.width <= 0 || pixels.height <= 0 || pixels.channels < 1 || pixels.channels > 4 ||
      pixels.bytes.size() != width * height * channels) {
    throw Error("expected a picture with 1 to 4 channels and at least one pixel, found " +
                std::to_string(pixels.width) + " x " + std::to_string(pixels.height) + " x " +
                std::to_string(pixels.channels) + " in " + std::to_string(pixels.bytes.size()) +
                " bytes");
  }
}

}  // namespace

std::string encode_png(const Pixels& pixels) {
  check(pixels);
  std::string png = "\x89PNG\r\n\x1a\n";
  append_chunk(png, "IHDR", header_of(pixels));
  DataChunks chunks(png);
  append_rows(pixels, chunks);
  chunks.finish();
  append_chunk(png, "IEND", "");
  return png;
}

}  // namespace suar
