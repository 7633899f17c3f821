#pragma once

#include <cstdint>
#include <string_view>

namespace suar {

/// What the head of a WAV file says; zeros where it says nothing.
struct WavHeader {
  uint32_t sample_rate = 0;  ///< in Hz
  uint16_t channels = 0;
  uint64_t frames = 0;  ///< samples of one channel
};

/// True when the bytes begin like a WAV file.
bool is_wav(std::string_view bytes);

/// Of the WAV file in `bytes`, which may be cut off or damaged.
WavHeader read_wav_header(std::string_view bytes);

}  // namespace suar
