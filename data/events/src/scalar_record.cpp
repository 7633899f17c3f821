#include "scalar_record.h"

#include <cstddef>
#include <cstring>

#include "record_format.h"
#include "wire_reader.h"

namespace suar {
namespace {

// The keys of the fields; all of them take one byte.
constexpr char kWallTime = wire_key(1, WireType::fixed64);
constexpr char kStep = wire_key(2, WireType::varint);
constexpr char kSummary = wire_key(5, WireType::bytes);
constexpr char kValue = wire_key(1, WireType::bytes);
constexpr char kTag = wire_key(1, WireType::bytes);
constexpr char kSimpleValue = wire_key(2, WireType::fixed32);

constexpr std::size_t kWallTimeSize = 1 + 8;
constexpr std::size_t kSimpleValueSize = 1 + 4;
// Before the tag: key and length of the summary, of the value and of the tag.
constexpr std::size_t kHeadSize = 6;
constexpr std::size_t kLongestStep = 9;

// A length of one byte.
bool is_length(char byte, std::size_t length) {
  return length < 0x80 && static_cast<unsigned char>(byte) == length;
}

}  // namespace

bool parse_scalar_record(std::string_view bytes, ScalarRecord& record) {
  const char* next = bytes.data();
  const char* const end = next + bytes.size();
  if (bytes.size() < kWallTimeSize + 2 || next[0] != kWallTime || next[kWallTimeSize] != kStep) {
    return false;
  }
  const auto wall_time = load_little_endian<uint64_t>(next + 1);
  next += kWallTimeSize + 1;

  uint64_t step = 0;
  std::size_t size = 0;
  unsigned char byte = 0;
  do {
    if (next == end || size == kLongestStep) return false;
    byte = static_cast<unsigned char>(*next++);
    step |= uint64_t{byte & 0x7fu} << (7 * size++);
  } while (byte >= 0x80);

  const auto rest = static_cast<std::size_t>(end - next);
  if (rest < kHeadSize + kSimpleValueSize) return false;
  const std::size_t tag_size = rest - kHeadSize - kSimpleValueSize;
  const char* const value = next + kHeadSize + tag_size;
  if (next[0] != kSummary || !is_length(next[1], rest - 2) || next[2] != kValue ||
      !is_length(next[3], rest - 4) || next[4] != kTag || !is_length(next[5], tag_size) ||
      value[0] != kSimpleValue) {
    return false;
  }
  const auto simple_value = load_little_endian<uint32_t>(value + 1);
  std::memcpy(&record.wall_time, &wall_time, sizeof wall_time);
  record.step = static_cast<int64_t>(step);
  std::memcpy(&record.value, &simple_value, sizeof simple_value);
  record.tag = {next + kHeadSize, tag_size};
  return true;
}

}  // namespace suar
