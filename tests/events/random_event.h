#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace suar::testing {

/// Makes serialised events that no writer would: fields in any order and more than once, packed and
/// not, with the wrong encoding, with fields that are not known, and numbers in more bytes than
/// they need. Most of them are events, some are not.
class RandomEvent {
 public:
  explicit RandomEvent(uint32_t seed) : random_(seed) {}

  std::string next() {
    std::string bytes = message(kEvent, 0);
    if (chance(10)) bytes.resize(below(bytes.size() + 1));
    if (chance(10) && !bytes.empty()) bytes[below(bytes.size())] = static_cast<char>(random_());
    return bytes;
  }

 private:
  enum Kind { varint, fixed64, bytes, fixed32, packed_varint, packed32, packed64, nested };
  enum MessageType {
    kEvent,
    kSummary,
    kValue,
    kMetadata,
    kPluginData,
    kImage,
    kHistogram,
    kAudio,
    kTensor,
    kShape,
    kDim,
    kSessionLog,
    kRunMetadata,
    kSource
  };
  struct Field {
    uint32_t number;
    Kind kind;
    MessageType type = kEvent;  ///< of a nested message
  };

  /// The fields of schema/*.proto.
  static const std::vector<Field>& fields(MessageType type) {
    static const std::vector<std::vector<Field>> all = {
        {{1, fixed64},
         {2, varint},
         {3, bytes},
         {4, bytes},
         {5, nested, kSummary},
         {5, nested, kSummary},
         {5, nested, kSummary},
         {7, nested, kSessionLog},
         {8, nested, kRunMetadata},
         {9, bytes},
         {10, nested, kSource}},
        {{1, nested, kValue}},
        {{1, bytes},
         {2, fixed32},
         {4, nested, kImage},
         {5, nested, kHistogram},
         {6, nested, kAudio},
         {8, nested, kTensor},
         {9, nested, kMetadata}},
        {{1, nested, kPluginData}, {2, bytes}, {3, bytes}, {4, varint}},
        {{1, bytes}, {2, bytes}},
        {{1, varint}, {2, varint}, {3, varint}, {4, bytes}},
        {{1, fixed64},
         {2, fixed64},
         {3, fixed64},
         {4, fixed64},
         {5, fixed64},
         {6, packed64},
         {6, fixed64},
         {7, packed64},
         {7, fixed64}},
        {{1, fixed32}, {2, varint}, {3, varint}, {4, bytes}, {5, bytes}},
        {{1, varint},        {2, nested, kShape}, {3, varint},   {4, bytes},
         {5, packed32},      {5, fixed32},        {6, packed64}, {6, fixed64},
         {7, packed_varint}, {7, varint},         {8, bytes},    {9, packed32},
         {9, fixed32},       {10, packed_varint}, {10, varint},  {11, packed_varint},
         {11, varint},       {12, packed64},      {12, fixed64}, {13, packed_varint},
         {13, varint},       {16, packed_varint}, {16, varint},  {17, packed_varint},
         {17, varint}},
        {{2, nested, kDim}, {3, varint}},
        {{1, varint}, {2, bytes}},
        {{1, varint}, {2, bytes}, {3, bytes}},
        {{1, bytes}, {2, bytes}},
        {{1, bytes}},
    };
    return all[type];
  }

  std::size_t below(std::size_t size) { return random_() % size; }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  std::string number(uint64_t value) {
    std::string encoded;
    do {
      encoded.push_back(static_cast<char>((value & 0x7f) | 0x80));
      value >>= 7;
    } while (value != 0);
    while (chance(3)) encoded.push_back('\x80');
    encoded.back() = static_cast<char>(encoded.back() & 0x7f);
    return encoded;
  }
  uint64_t any_number() {
    const auto value = (uint64_t{random_()} << 32) | random_();
    return value >> below(64);
  }
  std::string random_bytes(std::size_t size) {
    std::string random(size, '\0');
    for (char& byte : random) byte = static_cast<char>(random_());
    return random;
  }
  std::string text() { return std::string(below(6), static_cast<char>('a' + below(26))); }

  std::string field(uint32_t number_of, uint32_t wire_type, const std::string& value) {
    return number(uint64_t{number_of} << 3 | wire_type) + value;
  }
  std::string delimited(uint32_t number_of, const std::string& value) {
    return field(number_of, 2, number(value.size()) + value);
  }

  std::string any_field(uint32_t number_of, int depth) {
    switch (below(5)) {
      case 0:
        return field(number_of, 0, number(any_number()));
      case 1:
        return field(number_of, 1, random_bytes(8));
      case 2:
        return delimited(number_of, random_bytes(below(9)));
      case 3:
        return field(number_of, 5, random_bytes(4));
      default: {
        std::string inside;
        if (depth < 6) {
          for (std::size_t i = below(3); i > 0; --i) {
            inside += any_field(1 + static_cast<uint32_t>(below(20)), depth + 1);
          }
        }
        const uint32_t end = chance(3) ? number_of + 1 : number_of;
        return field(number_of, 3, inside) + field(end, 4, "");
      }
    }
  }

  std::string known_field(const Field& wanted, int depth) {
    std::string list;
    switch (wanted.kind) {
      case varint:
        return field(wanted.number, 0, number(any_number()));
      case fixed64:
        return field(wanted.number, 1, random_bytes(8));
      case fixed32:
        return field(wanted.number, 5, random_bytes(4));
      case bytes:
        return delimited(wanted.number, text());
      case packed_varint:
        for (std::size_t i = below(4); i > 0; --i) list += number(any_number());
        return delimited(wanted.number, list);
      case packed32:
        return delimited(wanted.number, random_bytes(4 * below(4) + chance(2)));
      case packed64:
        return delimited(wanted.number, random_bytes(8 * below(4) + chance(2)));
      case nested:
        return delimited(wanted.number, message(wanted.type, depth + 1));
    }
    return {};
  }

  std::string message(MessageType type, int depth) {
    const auto& known = fields(type);
    std::string encoded;
    for (std::size_t i = below(depth < 2 ? 6 : 4); i > 0; --i) {
      if (chance(8)) {
        encoded += any_field(static_cast<uint32_t>(below(25)), depth);
      } else {
        encoded += known_field(known[below(known.size())], depth);
      }
    }
    return encoded;
  }

  std::mt19937 random_;
};

}  // namespace suar::testing
