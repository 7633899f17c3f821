#include "scalar_scan.h"

#include "crc32c_instruction.h"
#include "record_format.h"
#include "scalar_record.h"

namespace suar {
namespace {

/// Like `memcmp(a, b, size) == 0`, without the call: there are some 50 bytes to compare.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  constexpr std::size_t kWord = sizeof(uint64_t);
  const auto equal_words = [](const char* x, const char* y) {
    return std::memcmp(x, y, kWord) == 0;
  };
  if (size < kWord) return std::memcmp(a, b, size) == 0;
  const char* const last = a + (size - kWord);
  for (; a < last; a += kWord, b += kWord) {
    if (!equal_words(a, b)) return false;
  }
  return equal_words(last, b - (a - last));
}

constexpr std::size_t kValueSize = sizeof(float);

}  // namespace

template <Checksums kChecksums>
SUAR_CRC32C_INSTRUCTION std::size_t ScalarScan::scan(std::string_view bytes, ScalarTagTable& tags,
                                                     ScalarBatch& batch, std::size_t most) {
  const auto& forecasts = tags.forecasts();
  if (forecasts.empty()) return 0;
  Step step = step_;
  uint32_t last = tags.last();
  const char* next = bytes.data();
  const char* const end = next + bytes.size();
  for (; most > 0; --most) {
    // Asked before it is looked up, so that the processor need not wait for what it can guess.
    uint32_t due = last + 1;
    if (forecasts[last].successor != due) due = forecasts[last].successor;
    const std::string_view middle = forecasts[due].middle;
    if (middle.empty()) break;

    const auto left = static_cast<std::size_t>(end - next);
    if (left < kRecordHeaderSize) break;
    const auto length = load_little_endian<uint64_t>(next);
    if (length >= kShortLengths ||
        kShortLengthChecksums[length] != load_little_endian<uint32_t>(next + sizeof length) ||
        left - kRecordHeaderSize < length + kRecordFooterSize) {
      break;
    }
    const char* const data = next + kRecordHeaderSize;
    if (kChecksums == Checksums::verified && load_little_endian<uint32_t>(data + length) !=
                                                 mask_crc(crc32c_by_instruction(data, length))) {
      break;
    }

    const std::size_t step_size = length - kStepOffset - middle.size() - kValueSize;
    if (step_size > kLongestStep || data[0] != kWallTimeKey || data[kStepOffset - 1] != kStepKey) {
      break;
    }
    const char* const step_begin = data + kStepOffset;
    const char* const step_end = step_begin + step_size;
    // What is behind the step is longer than a word: these eight bytes are there.
    const auto word = load_little_endian<uint64_t>(step_begin);
    if (step_size != step.size || (word & step.mask) != step.bytes) {
      int64_t number = 0;
      if (parse_scalar_step(step_begin, step_end, number) != step_end) break;
      const bool is_short = step_size < sizeof word;
      step.step = number;
      step.size = step_size;
      step.mask = is_short ? (uint64_t{1} << (8 * step_size)) - 1 : 0;
      step.bytes = is_short ? word & step.mask : kNoBytes;
    }
    if (!equal_bytes(step_end, middle.data(), middle.size())) break;

    ScalarPoint& point = batch.add(due);
    point.step = step.step;
    point.wall_time = load_float<double, uint64_t>(data + 1);
    point.value = double{load_float<float, uint32_t>(step_end + middle.size())};
    last = due;
    next = data + length + kRecordFooterSize;
  }
  step_ = step;
  tags.set_last(last);
  return static_cast<std::size_t>(next - bytes.data());
}

std::size_t ScalarScan::operator()(std::string_view bytes, Checksums checksums,
                                   ScalarTagTable& tags, ScalarBatch& batch, std::size_t most) {
  if (!has_crc32c_instruction()) return 0;
  return checksums == Checksums::verified ? scan<Checksums::verified>(bytes, tags, batch, most)
                                          : scan<Checksums::ignored>(bytes, tags, batch, most);
}

}  // namespace suar
