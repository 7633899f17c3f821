#include "wav_header.h"

#include <cstddef>

#include "record_format.h"

namespace suar {
namespace {

constexpr std::size_t kFileHead = 12;  // "RIFF", size, "WAVE"
constexpr std::size_t kChunkHead = 8;  // name, size
constexpr std::size_t kFormatSize = 16;

}  // namespace

bool is_wav(std::string_view bytes) {
  return bytes.size() >= kFileHead && bytes.substr(0, 4) == "RIFF" && bytes.substr(8, 4) == "WAVE";
}

WavHeader read_wav_header(std::string_view bytes) {
  WavHeader header;
  if (!is_wav(bytes)) return header;
  uint16_t frame_size = 0;
  std::string_view rest = bytes.substr(kFileHead);
  while (rest.size() >= kChunkHead) {
    const std::string_view name = rest.substr(0, 4);
    const std::size_t size = load_little_endian<uint32_t>(rest.data() + 4);
    const std::string_view chunk = rest.substr(kChunkHead, size);
    if (name == "fmt " && chunk.size() >= kFormatSize) {
      header.channels = load_little_endian<uint16_t>(chunk.data() + 2);
      header.sample_rate = load_little_endian<uint32_t>(chunk.data() + 4);
      frame_size = load_little_endian<uint16_t>(chunk.data() + 12);
    } else if (name == "data") {
      header.frames = frame_size == 0 ? 0 : chunk.size() / frame_size;
      break;
    }
    // A chunk of an odd size is followed by a byte of nothing.
    const std::size_t step = chunk.size() + size % 2;
    rest.remove_prefix(kChunkHead + (step <= rest.size() - kChunkHead ? step : chunk.size()));
  }
  return header;
}

}  // namespace suar
