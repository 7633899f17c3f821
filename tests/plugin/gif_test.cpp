#include "gif.h"

#include <cmath>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include <suar/error.h>

#include "gif_decoder.h"

namespace suar {
namespace {

using testing::decode_gif;

Pixels frame_of(int width, int height, int channels, uint32_t seed, int colors = 256) {
  Pixels pixels{width, height, channels, {}};
  std::mt19937 random(seed);
  for (int i = 0; i < width * height * channels; ++i) {
    pixels.bytes.push_back(static_cast<uint8_t>(random() % static_cast<uint32_t>(colors)));
  }
  return pixels;
}

TEST(EncodeGif, KeepsEveryPixelOfPicturesWithUpTo256Colors) {
  // Sizes that fill the compressor's dictionary never, once and often; palettes of all sizes.
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 2}, {64, 64}, {301, 199}}) {
    for (const int colors : {1, 2, 3, 4, 6}) {
      const Pixels frame = frame_of(width, height, 3, 7, colors);
      const auto gif = decode_gif(encode_gif({frame}, 4));
      ASSERT_EQ(gif.frames.size(), 1u);
      EXPECT_EQ(gif.width, width);
      EXPECT_EQ(gif.height, height);
      EXPECT_EQ(gif.frames[0].colors, frame.bytes) << width << " x " << height << ", " << colors;
    }
  }
}

TEST(EncodeGif, ShowsGreyInAllItsShades) {
  const Pixels frame = frame_of(200, 100, 1, 3);
  std::vector<uint8_t> expected;
  for (const uint8_t byte : frame.bytes) expected.insert(expected.end(), 3, byte);
  EXPECT_EQ(decode_gif(encode_gif({frame}, 4)).frames[0].colors, expected);
}

TEST(EncodeGif, CompressesWhatIsEven) {
  Pixels frame{500, 500, 3, std::vector<uint8_t>(3 * 500 * 500, 128)};
  const std::string gif = encode_gif({frame}, 4);
  EXPECT_EQ(decode_gif(gif).frames[0].colors, frame.bytes);
  EXPECT_LT(gif.size(), 2500u);
}

TEST(EncodeGif, ComesCloseToPicturesWithMoreColors) {
  Pixels frame{128, 128, 3, {}};
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      for (const int value : {2 * x, 2 * y, x + y}) {
        frame.bytes.push_back(static_cast<uint8_t>(value));
      }
    }
  }
  const auto shown = decode_gif(encode_gif({frame}, 4)).frames[0].colors;
  double squares = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) squares += std::pow(shown[i] - frame.bytes[i], 2);
  EXPECT_LT(std::sqrt(squares / static_cast<double>(shown.size())), 8) << "of 255";
}

TEST(EncodeGif, ShowsTheFramesInOrderAndRepeats) {
  const std::vector<Pixels> frames = {frame_of(5, 4, 3, 1, 2), frame_of(5, 4, 3, 2, 2),
                                      frame_of(5, 4, 3, 3, 2)};
  const auto gif = decode_gif(encode_gif(frames, 30));
  EXPECT_TRUE(gif.repeats);
  ASSERT_EQ(gif.frames.size(), 3u);
  int time = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(gif.frames[i].colors, frames[i].bytes);
    time += gif.frames[i].delay;
  }
  EXPECT_EQ(time, 10) << "hundredths of a second of three frames at 30 a second";
}

TEST(EncodeGif, KeepsTheTimesOfFramesWithinWhatAGifCanSay) {
  const Pixels frame = frame_of(1, 1, 3, 1);
  EXPECT_EQ(decode_gif(encode_gif({frame}, 4)).frames[0].delay, 25);
  EXPECT_EQ(decode_gif(encode_gif({frame}, 1000)).frames[0].delay, 2);
  EXPECT_EQ(decode_gif(encode_gif({frame}, 1e-9)).frames[0].delay, 65535);
}

TEST(EncodeGif, RefusesFramesThatDoNotFitTogether) {
  EXPECT_THROW(encode_gif({}, 4), Error);
  EXPECT_THROW(encode_gif({frame_of(2, 2, 3, 1), frame_of(2, 3, 3, 1)}, 4), Error);
  EXPECT_THROW(encode_gif({frame_of(2, 2, 4, 1)}, 4), Error);
  EXPECT_THROW(encode_gif({frame_of(0, 2, 3, 1)}, 4), Error);
  EXPECT_THROW(encode_gif({frame_of(65536, 1, 1, 1)}, 4), Error);
  EXPECT_THROW(encode_gif({frame_of(2, 2, 3, 1)}, 0), Error);
  EXPECT_THROW(encode_gif({frame_of(2, 2, 3, 1)}, NAN), Error);
}

}  // namespace
}  // namespace suar
