#include "png.h"

#include <cstring>

#include <gtest/gtest.h>
#include <zlib.h>

#include <suar/error.h>

namespace suar {
namespace {

uint32_t big_endian(const char* bytes) {
  const auto* b = reinterpret_cast<const unsigned char*>(bytes);
  return uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | uint32_t{b[3]};
}

/// Decodes what `encode_png` may write: 8 bits, not interlaced, any filter. Checks every checksum.
Pixels decode_png(const std::string& png) {
  Pixels pixels;
  std::string data;
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  for (std::size_t i = 8; i + 12 <= png.size();) {
    const uint32_t size = big_endian(png.data() + i);
    const std::string type = png.substr(i + 4, 4), content = png.substr(i + 8, size);
    EXPECT_EQ(big_endian(png.data() + i + 8 + size),
              crc32(0, reinterpret_cast<const Bytef*>(png.data() + i + 4), size + 4));
    if (type == "IHDR") {
      pixels.width = static_cast<int>(big_endian(content.data()));
      pixels.height = static_cast<int>(big_endian(content.data() + 4));
      EXPECT_EQ(content[8], 8);
      constexpr int kChannelsOfType[] = {1, 0, 3, 0, 2, 0, 4};
      pixels.channels = kChannelsOfType[static_cast<int>(content[9])];
    }
    if (type == "IDAT") data += content;
    i += 12 + size;
  }
  const auto stride = static_cast<std::size_t>(pixels.width * pixels.channels);
  const auto bpp = static_cast<std::size_t>(pixels.channels);
  std::vector<uint8_t> rows((stride + 1) * static_cast<std::size_t>(pixels.height));
  uLongf size = rows.size();
  EXPECT_EQ(
      uncompress(rows.data(), &size, reinterpret_cast<const Bytef*>(data.data()), data.size()),
      Z_OK);
  EXPECT_EQ(size, rows.size());
  pixels.bytes.assign(stride * static_cast<std::size_t>(pixels.height), 0);
  for (std::size_t y = 0; y < static_cast<std::size_t>(pixels.height); ++y) {
    const uint8_t filter = rows[y * (stride + 1)];
    for (std::size_t x = 0; x < stride; ++x) {
      const int left = x >= bpp ? pixels.bytes[y * stride + x - bpp] : 0;
      const int up = y > 0 ? pixels.bytes[(y - 1) * stride + x] : 0;
      const int corner = y > 0 && x >= bpp ? pixels.bytes[(y - 1) * stride + x - bpp] : 0;
      const int estimate = left + up - corner;
      const int a = std::abs(estimate - left), b = std::abs(estimate - up),
                c = std::abs(estimate - corner);
      const int paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      const int prediction[] = {0, left, up, (left + up) / 2, paeth};
      pixels.bytes[y * stride + x] =
          static_cast<uint8_t>(rows[y * (stride + 1) + 1 + x] + prediction[filter]);
    }
  }
  return pixels;
}

TEST(Png, DecodesToThePixelsThatWereEncoded) {
  for (int channels = 1; channels <= 4; ++channels) {
    Pixels pixels;
    pixels.width = 37;
    pixels.height = 21;
    pixels.channels = channels;
    for (int i = 0; i < pixels.width * pixels.height * channels; ++i) {
      pixels.bytes.push_back(static_cast<uint8_t>(i * i / 7));
    }
    const Pixels decoded = decode_png(encode_png(pixels));
    EXPECT_EQ(decoded.width, pixels.width);
    EXPECT_EQ(decoded.height, pixels.height);
    EXPECT_EQ(decoded.channels, channels);
    EXPECT_EQ(decoded.bytes, pixels.bytes);
  }
}

TEST(Png, OfNothingIsAnError) {
  EXPECT_THROW(encode_png({}), Error);
}

}  // namespace
}  // namespace suar
