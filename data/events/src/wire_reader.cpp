#include "wire_reader.h"

namespace suar {
namespace {

// A key and a length have 32 bits, other numbers 64.
constexpr int kLongestKey = 5;
constexpr int kLongestVarint = 10;

constexpr uint32_t kStartGroup = 3;
constexpr uint32_t kEndGroup = 4;

}  // namespace

/// A number of seven bits a byte, the lowest first. Bits beyond the 64th are dropped.
bool WireReader::read_varint(int longest, uint64_t& value) {
  value = 0;
  for (int i = 0; i < longest; ++i) {
    if (next_ == end_) return fail();
    const auto byte = static_cast<unsigned char>(*next_++);
    value |= uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) return true;
  }
  return fail();
}

bool WireReader::read_key() {
  uint64_t key = 0;
  if (!read_varint(kLongestKey, key)) return false;
  key_ = static_cast<uint32_t>(key);
  return key_ >> 3 != 0 || fail();
}

bool WireReader::read_value(int depth) {
  switch (key_ & 7) {
    case static_cast<uint32_t>(WireType::varint):
      return read_varint(kLongestVarint, number_);
    case static_cast<uint32_t>(WireType::fixed64):
      if (rest() < 8) return fail();
      number_ = load_little_endian<uint64_t>(next_);
      next_ += 8;
      return true;
    case static_cast<uint32_t>(WireType::fixed32):
      if (rest() < 4) return fail();
      number_ = load_little_endian<uint32_t>(next_);
      next_ += 4;
      return true;
    case static_cast<uint32_t>(WireType::bytes): {
      uint64_t size = 0;
      if (!read_varint(kLongestKey, size) || size > rest()) return fail();
      bytes_ = {next_, static_cast<std::size_t>(size)};
      next_ += size;
      return true;
    }
    case kStartGroup:
      return skip_group(key_ >> 3, depth - 1);
    default:
      return fail();
  }
}

/// `number` is the field that the group's end must name again.
bool WireReader::skip_group(uint32_t number, int depth) {
  if (depth < 0) return fail();
  while (read_key()) {
    if ((key_ & 7) == kEndGroup) return key_ >> 3 == number || fail();
    if (!read_value(depth)) return false;
  }
  return false;
}

bool WireReader::next() {
  while (ok_ && next_ != end_) {
    if (!read_key()) return false;
    const bool group = (key_ & 7) == kStartGroup;
    if (!read_value(depth_)) return false;
    if (!group) return true;
  }
  return false;
}

}  // namespace suar
