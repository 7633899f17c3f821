#pragma once

#include <torch/types.h>

#include <suar/event.h>

namespace suar {

/// Sound `[L]` or `[C, L]`, floating point in [-1, 1] (outside is clamped, NaN is silence) or
/// `int16`, as a WAV file of 16 bits. Dimensions of size 1 do not count. Throws `suar::Error` for
/// other tensors, empty ones, and a sample rate that is not positive.
Audio make_audio(const torch::Tensor& sound, int64_t sample_rate);

}  // namespace suar
