#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suar {

/// The bytes of a WAV file of 16-bit samples; those of the channels take turns. `sample_rate` is in
/// Hz. Throws `suar::Error` when there are no samples, not as many for each channel, or more than
/// such a file can hold (4 GB).
std::string encode_wav(const std::vector<int16_t>& samples, int channels, uint32_t sample_rate);

}  // namespace suar
