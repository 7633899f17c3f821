#include "scalar_encoder.h"

#include <cstddef>
#include <cstring>

#include "record_format.h"
#include "wire_reader.h"

namespace suar {
namespace {

// The keys of the fields, see schema/event.proto and schema/summary.proto.
constexpr char kWallTime = wire_key(1, WireType::fixed64);
constexpr char kStep = wire_key(2, WireType::varint);
constexpr char kSummary = wire_key(5, WireType::bytes);
constexpr char kValue = wire_key(1, WireType::bytes);
constexpr char kTag = wire_key(1, WireType::bytes);
constexpr char kSimpleValue = wire_key(2, WireType::fixed32);

std::size_t varint_size(uint64_t number) {
  std::size_t size = 1;
  for (; number >= 0x80; number >>= 7) ++size;
  return size;
}

char* put_varint(char* out, uint64_t number) {
  for (; number >= 0x80; number >>= 7) *out++ = static_cast<char>(number | 0x80);
  *out++ = static_cast<char>(number);
  return out;
}

template <class Float, class Bits>
char* put_float(char* out, Float number) {
  static_assert(sizeof(Bits) == sizeof(Float), "the bits of the number");
  Bits bits;
  std::memcpy(&bits, &number, sizeof bits);
  store_little_endian(out, bits);
  return out + sizeof bits;
}

}  // namespace

void encode_scalar_event(double wall_time, int64_t step, std::string_view tag, float value,
                         std::string& bytes) {
  uint64_t time_bits;
  std::memcpy(&time_bits, &wall_time, sizeof time_bits);
  const auto step_bits = static_cast<uint64_t>(step);
  // As in proto3, a field that is zero is left out.
  const std::size_t value_size =
      (tag.empty() ? 0 : 1 + varint_size(tag.size()) + tag.size()) + 1 + sizeof value;
  const std::size_t summary_size = 1 + varint_size(value_size) + value_size;
  const std::size_t size = (time_bits == 0 ? 0 : 1 + sizeof wall_time) +
                           (step == 0 ? 0 : 1 + varint_size(step_bits)) + 1 +
                           varint_size(summary_size) + summary_size;
  const std::size_t before = bytes.size();
  bytes.resize(before + size);
  char* out = bytes.data() + before;
  if (time_bits != 0) {
    *out++ = kWallTime;
    out = put_float<double, uint64_t>(out, wall_time);
  }
  if (step != 0) {
    *out++ = kStep;
    out = put_varint(out, step_bits);
  }
  *out++ = kSummary;
  out = put_varint(out, summary_size);
  *out++ = kValue;
  out = put_varint(out, value_size);
  if (!tag.empty()) {
    *out++ = kTag;
    out = put_varint(out, tag.size());
    std::memcpy(out, tag.data(), tag.size());
    out += tag.size();
  }
  *out++ = kSimpleValue;
  put_float<float, uint32_t>(out, value);
}

}  // namespace suar
