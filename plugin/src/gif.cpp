#include "gif.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <suar/error.h>

#include "lzw.h"
#include "palette.h"

namespace suar {
namespace {

constexpr int kLargestSide = 65535;
constexpr int kShortestDelay = 2;  // hundredths of a second; browsers take shorter ones for 10
constexpr int kLongestDelay = 65535;

void append16(std::string& bytes, int number) {
  bytes.push_back(static_cast<char>(number & 0xff));
  bytes.push_back(static_cast<char>(number >> 8));
}

void check(const std::vector<Pixels>& frames, double frames_per_second) {
  if (frames.empty() || !(frames_per_second > 0)) {
    throw Error("expected at least one frame and more than 0 frames a second, found " +
                std::to_string(frames.size()) + " and " + std::to_string(frames_per_second));
  }
  for (const Pixels& frame : frames) {
    if (frame.width < 1 || frame.width > kLargestSide || frame.height < 1 ||
        frame.height > kLargestSide || (frame.channels != 1 && frame.channels != 3) ||
        frame.width != frames[0].width || frame.height != frames[0].height) {
      throw Error(
          "expected frames of one size with 1 or 3 channels, at most 65535 pixels a side, "
          "found " +
          std::to_string(frame.width) + " x " + std::to_string(frame.height) + " x " +
          std::to_string(frame.channels));
    }
  }
}

/// How long frame `i` is shown, such that frames do not drift from their times.
int delay_of(std::size_t i, double frames_per_second) {
  const auto time = [&](std::size_t frame) {
    return std::round(100.0 * static_cast<double>(frame) / frames_per_second);
  };
  return static_cast<int>(std::clamp<double>(time(i + 1) - time(i), kShortestDelay, kLongestDelay));
}

void append_frame(std::string& gif, const Pixels& frame, int delay) {
  const IndexedPixels picture = pick_colors(frame);
  int bits = 2;  // of an index; the least that the compression takes
  while ((std::size_t{1} << bits) < picture.colors.size()) ++bits;

  gif += std::string("\x21\xf9\x04\x04", 4);  // control: the frame stays until the next one
  append16(gif, delay);
  gif += std::string("\x00\x00\x2c", 3);  // no transparent colour; the picture
  append16(gif, 0);
  append16(gif, 0);
  append16(gif, frame.width);
  append16(gif, frame.height);
  gif.push_back(static_cast<char>(0x80 | (bits - 1)));  // with colours of its own
  for (const auto& color : picture.colors) gif.append(color.begin(), color.end());
  gif.append(3 * ((std::size_t{1} << bits) - picture.colors.size()), '\0');
  gif.push_back(static_cast<char>(bits));
  gif += compress_lzw(picture.indices, bits);
}

}  // namespace

std::string encode_gif(const std::vector<Pixels>& frames, double frames_per_second) {
  check(frames, frames_per_second);
  std::string gif = "GIF89a";
  append16(gif, frames[0].width);
  append16(gif, frames[0].height);
  gif += std::string("\x70\x00\x00", 3);  // no colours for all frames
  gif += std::string("\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00", 19);  // again and again
  for (std::size_t i = 0; i < frames.size(); ++i) {
    append_frame(gif, frames[i], delay_of(i, frames_per_second));
  }
  gif.push_back('\x3b');
  return gif;
}

}  // namespace suar
