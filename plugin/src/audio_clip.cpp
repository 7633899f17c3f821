#include "audio_clip.h"

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "tensor_form.h"
#include "wav.h"

namespace suar {
namespace {
constexpr int64_t kMostChannels = 32;  // more of them are frames
}

Audio make_audio(const torch::Tensor& sound, int64_t sample_rate) {
  at::Tensor channels = to_plain(sound, "the sound").squeeze();
  if (channels.dim() < 2) channels = channels.reshape({1, -1});
  const bool integers = channels.scalar_type() == at::kShort;
  if (channels.dim() != 2 || channels.numel() == 0 || channels.size(0) > kMostChannels ||
      !(integers || channels.is_floating_point())) {
    throw Error("expected sound of shape [L] or [C, L] with up to " +
                std::to_string(kMostChannels) +
                " channels, floating point in [-1, 1] or int16, found " + describe(sound) +
                (channels.dim() == 2 ? "; transpose [L, C]" : ""));
  }
  if (sample_rate < 1 || sample_rate > INT32_MAX) {
    throw Error("expected a sample rate in Hz, found " + std::to_string(sample_rate));
  }
  if (!integers) {
    channels = channels.to(at::kFloat).nan_to_num(0, 1, -1).clamp(-1, 1).mul(INT16_MAX).round();
  }
  const at::Tensor frames = channels.t().to(at::kShort).contiguous();
  const auto* first = frames.data_ptr<int16_t>();
  const std::vector<int16_t> samples(first, first + frames.numel());
  Audio audio;
  audio.sample_rate = static_cast<float>(sample_rate);
  audio.channels = frames.size(1);
  audio.frames = frames.size(0);
  audio.encoded =
      encode_wav(samples, static_cast<int>(audio.channels), static_cast<uint32_t>(sample_rate));
  return audio;
}

}  // namespace suar
