#include "scalar_scan.h"

#include "crc32c_instruction.h"
#include "record_format.h"
#include "scalar_record.h"

namespace suar {
namespace {

using Vector = uint64_t __attribute__((vector_size(16)));

inline Vector load_vector(const char* bytes) {
  Vector vector;
  std::memcpy(&vector, bytes, sizeof vector);
  return vector;
}

/// Like `memcmp(a, b, size) == 0`, without the call: there are some 50 bytes to compare.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  constexpr std::size_t kVector = sizeof(Vector);
  if (size < kVector) return std::memcmp(a, b, size) == 0;
  const std::size_t last = size - kVector;
  Vector difference = load_vector(a + last) ^ load_vector(b + last);
  for (std::size_t i = 0; i < last; i += kVector) {
    difference |= load_vector(a + i) ^ load_vector(b + i);
  }
  return (difference[0] | difference[1]) == 0;
}

// A record is read by words: the first has all of the wall time but its last byte, the second that
// byte, a key and the step.
constexpr std::size_t kWord = sizeof(uint64_t);
constexpr std::size_t kBeforeStep = kStepOffset - kWord;
constexpr std::size_t kValueSize = sizeof(float);

}  // namespace

void ScalarScan::Step::set_size(std::size_t step_size) {
  size = step_size;
  mask = (~uint64_t{0} >> (64 - 8 * (kBeforeStep + size))) & ~uint64_t{0xff};
  bytes = kNoBytes;
}

template <Checksums kChecksums>
SUAR_CRC32C_INSTRUCTION std::size_t ScalarScan::scan(std::string_view bytes, ScalarTagTable& tags,
                                                     ScalarBatch& batch, std::size_t most) {
  const auto& forecasts = tags.forecasts();
  if (forecasts.empty()) return 0;
  Step step = step_;
  uint32_t last = tags.last();
  const char* next = bytes.data();
  const char* const end = next + bytes.size();
  while (most > 0) {
    // Asked before it is looked up, so that the processor need not wait for what it can guess.
    uint32_t due = last + 1;
    if (forecasts[last].successor != due) due = forecasts[last].successor;
    const ScalarTagTable::Forecast& forecast = forecasts[due];
    const std::size_t middle_size = forecast.middle_size;
    if (middle_size == 0) break;

    // The length, too, is compared and not used, so that the next record waits for no memory.
    const std::size_t length = kStepOffset + step.size + middle_size + kValueSize;
    if (static_cast<std::size_t>(end - next) < kRecordHeaderSize + length + kRecordFooterSize)
      break;
    const auto real_length = load_little_endian<uint64_t>(next);
    if (real_length != length) {
      const uint64_t step_size = real_length - kStepOffset - middle_size - kValueSize;
      if (step_size == 0 || step_size > ScalarTagTable::kLongestStep) break;
      step.set_size(static_cast<std::size_t>(step_size));
      continue;
    }
    if (kChecksums == Checksums::verified &&
        kShortLengthChecksums[length] != load_little_endian<uint32_t>(next + sizeof real_length)) {
      break;
    }
    const char* const data = next + kRecordHeaderSize;
    if (data[0] != kWallTimeKey) break;
    const auto word = load_little_endian<uint64_t>(data + kWord);
    const char* const step_end = data + kStepOffset + step.size;
    if ((word & step.mask) != step.bytes) {
      int64_t read = 0;  // the one before stays when this is none
      if (data[kStepOffset - 1] != kStepKey ||
          parse_scalar_step(data + kStepOffset, step_end, read) != step_end) {
        break;
      }
      step.step = read;
      step.bytes = word & step.mask;
    }
    if (!equal_bytes(step_end, forecast.middle, middle_size)) break;
    const char* const value = step_end + middle_size;
    if (kChecksums == Checksums::verified) {
      const uint32_t crc = crc32c_with_known_end(data, length, forecast.known_ends[step.size - 1]);
      if (load_little_endian<uint32_t>(data + length) != mask_crc(crc)) break;
    }

    ScalarPoint& point = batch.add(due);
    point.step = step.step;
    point.wall_time = load_float<double, uint64_t>(data + 1);
    point.value = double{load_float<float, uint32_t>(value)};
    last = due;
    next = data + length + kRecordFooterSize;
    --most;
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
