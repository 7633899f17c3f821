#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "record_format.h"
#include "wire_reader.h"

namespace suar {

/// What a record says that holds one scalar and nothing else.
struct ScalarRecord {
  double wall_time = 0;
  int64_t step = 0;
  float value = 0;
  std::string_view tag;  ///< a view into the bytes of the record
};

/// Reads the form in which every writer lays out a scalar: wall time, step, and a summary of one
/// plain value with a short tag, in the order of their field numbers. False for any other form, of
/// which nothing is said: that is for `parse_event_message`. What this function takes, the other
/// one reads the same.
bool parse_scalar_record(std::string_view bytes, ScalarRecord& record);

/// The same for one tag that is known beforehand, in a fraction of the time: between step and value
/// there always stand the same bytes then.
class ScalarRecordOfTag {
 public:
  explicit ScalarRecordOfTag(std::string_view tag);

  /// False for another tag, too. `record.tag` is left as it is.
  bool parse(std::string_view bytes, ScalarRecord& record) const;

 private:
  std::string middle_;  ///< from behind the step up to the value; empty when the tag is too long
};

namespace internal {

constexpr std::size_t kWallTimeSize = 1 + 8;
constexpr std::size_t kLongestStep = 9;

/// Reads the wall time and the step at the front of an event. Returns what comes behind them, or
/// null when it begins in another way.
inline const char* parse_scalar_head(std::string_view bytes, ScalarRecord& record) {
  constexpr char kWallTime = wire_key(1, WireType::fixed64);
  constexpr char kStep = wire_key(2, WireType::varint);
  const char* next = bytes.data();
  const char* const end = next + bytes.size();
  if (bytes.size() < kWallTimeSize + 2 || next[0] != kWallTime || next[kWallTimeSize] != kStep) {
    return nullptr;
  }
  const auto wall_time = load_little_endian<uint64_t>(next + 1);
  std::memcpy(&record.wall_time, &wall_time, sizeof wall_time);
  next += kWallTimeSize + 1;

  uint64_t step = 0;
  std::size_t size = 0;
  unsigned char byte = 0;
  do {
    if (next == end || size == kLongestStep) return nullptr;
    byte = static_cast<unsigned char>(*next++);
    step |= uint64_t{byte & 0x7fu} << (7 * size++);
  } while (byte >= 0x80);
  record.step = static_cast<int64_t>(step);
  return next;
}

/// Like `memcmp(a, b, size) == 0`, without the call: there are some 50 bytes to compare.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  constexpr std::size_t kWord = sizeof(uint64_t);
  if (size < kWord) return std::memcmp(a, b, size) == 0;
  uint64_t x, y, difference = 0;
  for (std::size_t i = 0; i + kWord < size; i += kWord) {
    std::memcpy(&x, a + i, kWord);
    std::memcpy(&y, b + i, kWord);
    difference |= x ^ y;
  }
  std::memcpy(&x, a + size - kWord, kWord);
  std::memcpy(&y, b + size - kWord, kWord);
  return (difference | (x ^ y)) == 0;
}

}  // namespace internal

inline bool ScalarRecordOfTag::parse(std::string_view bytes, ScalarRecord& record) const {
  const char* const middle = internal::parse_scalar_head(bytes, record);
  if (middle == nullptr) return false;
  const auto rest = static_cast<std::size_t>(bytes.data() + bytes.size() - middle);
  if (rest != middle_.size() + sizeof record.value || middle_.empty() ||
      !internal::equal_bytes(middle, middle_.data(), middle_.size())) {
    return false;
  }
  const auto simple_value = load_little_endian<uint32_t>(middle + middle_.size());
  std::memcpy(&record.value, &simple_value, sizeof simple_value);
  return true;
}

}  // namespace suar
