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

/// The bytes that stand between step and value in each such record of a tag; empty when the tag is
/// so long that `parse_scalar_record` takes none of them.
std::string scalar_record_middle(std::string_view tag);

// How such a record begins: a key, the wall time, a key and the step.
constexpr char kWallTimeKey = wire_key(1, WireType::fixed64);
constexpr char kStepKey = wire_key(2, WireType::varint);
constexpr std::size_t kStepOffset = 1 + sizeof(double) + 1;
constexpr std::size_t kLongestStep = 9;  ///< in bytes

/// Reads the step that begins at `next`. Returns what comes behind it, or null when it has not come
/// to its end at `end`.
inline const char* parse_scalar_step(const char* next, const char* end, int64_t& step) {
  uint64_t number = 0;
  std::size_t size = 0;
  unsigned char byte = 0;
  do {
    if (next == end || size == kLongestStep) return nullptr;
    byte = static_cast<unsigned char>(*next++);
    number |= uint64_t{byte & 0x7fu} << (7 * size++);
  } while (byte >= 0x80);
  step = static_cast<int64_t>(number);
  return next;
}

/// The number that stands at `bytes`.
template <class Float, class Bits>
Float load_float(const char* bytes) {
  const auto bits = load_little_endian<Bits>(bytes);
  Float number;
  static_assert(sizeof number == sizeof bits);
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

}  // namespace suar
