#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "record_format.h"

namespace suar {

/// How a protobuf field is encoded.
enum class WireType : uint32_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// What stands before a field on the wire: its number and its encoding.
constexpr uint32_t wire_key(uint32_t field, WireType type) {
  return field << 3 | static_cast<uint32_t>(type);
}

/// Walks over the fields of a serialised protobuf message, in whatever order they stand. It takes
/// and refuses the same bytes as protobuf's own parser, reads nothing outside of them and allocates
/// nothing.
class WireReader {
 public:
  /// The bytes must outlive the reader and everything that it returns.
  explicit WireReader(std::string_view bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  /// Goes to the next field; groups are stepped over. False at the end of the message and where it
  /// is malformed: `ok` tells which.
  bool next();

  /// False when the bytes are no message.
  bool ok() const { return ok_; }

  /// The number and encoding of this field, to be compared with `wire_key`.
  uint32_t key() const { return key_; }

  // The value of this field; each only for the encoding that it names.
  std::string_view bytes() const { return bytes_; }
  int64_t int64() const { return static_cast<int64_t>(number_); }
  int32_t int32() const { return static_cast<int32_t>(static_cast<uint32_t>(number_)); }
  bool boolean() const { return number_ != 0; }
  double float64() const { return fixed<double>(number_); }
  float float32() const { return fixed<float>(static_cast<uint32_t>(number_)); }

  /// This field as a message of its own. Report what became of it to `nested`.
  WireReader message() const { return WireReader(bytes_, depth_ - 1); }

  /// The message in this field has been read: when it was malformed, so is this one.
  void nested(bool ok) { ok_ = ok_ && ok; }

  /// This field as a packed list of numbers, appended to `list`.
  void append_floats(std::vector<float>& list) { append_fixed<uint32_t>(list); }
  void append_doubles(std::vector<double>& list) { append_fixed<uint64_t>(list); }
  template <class Integer>
  void append_varints(std::vector<Integer>& list);

 private:
  // protobuf's own limit of messages and groups within each other.
  static constexpr int kDeepest = 100;

  WireReader(std::string_view bytes, int depth) : WireReader(bytes) { depth_ = depth; }

  template <class Number, class Bits>
  static Number fixed(Bits bits) {
    static_assert(sizeof(Number) == sizeof(Bits));
    Number number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
  }
  template <class Bits, class Number>
  void append_fixed(std::vector<Number>& list);

  bool fail() {
    ok_ = false;
    return false;
  }
  std::size_t rest() const { return static_cast<std::size_t>(end_ - next_); }
  bool read_varint(int longest, uint64_t& value);
  bool read_key();
  bool read_value(int depth);
  bool skip_group(uint32_t number, int depth);

  const char* next_;
  const char* end_;
  uint32_t key_ = 0;
  uint64_t number_ = 0;
  std::string_view bytes_;
  int depth_ = kDeepest;
  bool ok_ = true;
};

template <class Bits, class Number>
void WireReader::append_fixed(std::vector<Number>& list) {
  if (bytes_.size() % sizeof(Bits) != 0) {
    ok_ = false;
    return;
  }
  list.reserve(list.size() + bytes_.size() / sizeof(Bits));
  for (std::size_t i = 0; i < bytes_.size(); i += sizeof(Bits)) {
    list.push_back(fixed<Number>(load_little_endian<Bits>(bytes_.data() + i)));
  }
}

template <class Integer>
void WireReader::append_varints(std::vector<Integer>& list) {
  WireReader packed(bytes_);
  while (packed.rest() > 0) {
    uint64_t value = 0;
    if (!packed.read_varint(10, value)) {
      ok_ = false;
      return;
    }
    list.push_back(static_cast<Integer>(value));
  }
}

}  // namespace suar
