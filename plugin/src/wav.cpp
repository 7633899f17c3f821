#include "wav.h"

#include <cstddef>

#include <suar/error.h>

namespace suar {
namespace {

constexpr uint32_t kHeaderSize = 44;
constexpr uint16_t kPcm = 1;

void append(std::string& bytes, uint32_t number, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(number >> (8 * i)));
}

}  // namespace

std::string encode_wav(const std::vector<int16_t>& samples, int channels, uint32_t sample_rate) {
  const uint64_t data_size = uint64_t{samples.size()} * sizeof(int16_t);
  if (channels < 1 || channels > 65535 || samples.empty() || sample_rate == 0 ||
      samples.size() % static_cast<std::size_t>(channels) != 0 ||
      data_size > UINT32_MAX - kHeaderSize) {
    throw Error("expected sound of at least one sample a channel and at most 4 GB, found " +
                std::to_string(samples.size()) + " samples in " + std::to_string(channels) +
                " channels at " + std::to_string(sample_rate) + " Hz");
  }
  const uint32_t frame_size = static_cast<uint32_t>(channels) * sizeof(int16_t);
  std::string wav;
  wav.reserve(kHeaderSize + data_size);
  wav += "RIFF";
  append(wav, kHeaderSize - 8 + static_cast<uint32_t>(data_size), 4);
  wav += "WAVEfmt ";
  append(wav, 16, 4);  // size of what describes the format
  append(wav, kPcm, 2);
  append(wav, static_cast<uint32_t>(channels), 2);
  append(wav, sample_rate, 4);
  append(wav, sample_rate * frame_size, 4);
  append(wav, frame_size, 2);
  append(wav, 16, 2);  // bits of a sample
  wav += "data";
  append(wav, static_cast<uint32_t>(data_size), 4);
  for (const int16_t sample : samples) append(wav, static_cast<uint16_t>(sample), 2);
  return wav;
}

}  // namespace suar
