#include "png.h"

#include <random>

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

/// A picture whose bytes are what `byte_at` gives for their numbers.
template <class ByteAt>
Pixels make_picture(int width, int height, int channels, const ByteAt& byte_at) {
  Pixels pixels;
  pixels.width = width;
  pixels.height = height;
  pixels.channels = channels;
  for (int i = 0; i < width * height * channels; ++i) {
    pixels.bytes.push_back(static_cast<uint8_t>(byte_at(i)));
  }
  return pixels;
}

void expect_decodes(const Pixels& pixels) {
  const Pixels decoded = decode_png(encode_png(pixels));
  EXPECT_EQ(decoded.width, pixels.width);
  EXPECT_EQ(decoded.height, pixels.height);
  EXPECT_EQ(decoded.channels, pixels.channels);
  EXPECT_EQ(decoded.bytes, pixels.bytes);
}

TEST(Png, DecodesToThePixelsThatWereEncoded) {
  const auto byte_at = [](int i) { return i * i / 7; };
  for (int channels = 1; channels <= 4; ++channels) {
    expect_decodes(make_picture(37, 21, channels, byte_at));
    expect_decodes(make_picture(1, 1, channels, byte_at));
    expect_decodes(make_picture(1, 300, channels, byte_at));
    expect_decodes(make_picture(300, 1, channels, byte_at));
  }
}

TEST(Png, OfNoiseIsWrittenInSeveralChunks) {
  std::mt19937 random(6);
  const auto pixels = make_picture(300, 300, 3, [&](int) { return random(); });
  EXPECT_GT(encode_png(pixels).size(), std::size_t{200} << 10);
  expect_decodes(pixels);
}

TEST(Png, OfEqualRowsTakesNextToNothing) {
  EXPECT_LT(encode_png(make_picture(400, 400, 1, [](int i) { return i % 400 / 40; })).size(),
            1000u);
}

TEST(Png, OfNothingIsAnError) {
  EXPECT_THROW(encode_png({}), Error);
}

TEST(Png, OfFewerBytesThanPixelsOrOfTooManyChannelsIsAnError) {
  auto pixels = make_picture(4, 4, 3, [](int i) { return i; });
  pixels.bytes.pop_back();
  EXPECT_THROW(encode_png(pixels), Error);
  EXPECT_THROW(encode_png(make_picture(4, 4, 5, [](int i) { return i; })), Error);
}

}  // namespace
}  // namespace suar
