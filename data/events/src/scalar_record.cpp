#include "scalar_record.h"

namespace suar {
namespace {

// The keys of the fields; all of them take one byte.
constexpr char kSummary = wire_key(5, WireType::bytes);
constexpr char kValue = wire_key(1, WireType::bytes);
constexpr char kTag = wire_key(1, WireType::bytes);
constexpr char kSimpleValue = wire_key(2, WireType::fixed32);

// Before the tag: key and length of the summary, of the value and of the tag.
constexpr std::size_t kHeadSize = 6;
constexpr std::size_t kSimpleValueSize = 1 + 4;

constexpr std::size_t kLongestLength = 0x7f;  // of those in one byte

bool is_length(char byte, std::size_t length) {
  return length <= kLongestLength && static_cast<unsigned char>(byte) == length;
}

}  // namespace

bool parse_scalar_record(std::string_view bytes, ScalarRecord& record) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  if (bytes.size() <= kStepOffset || begin[0] != kWallTimeKey ||
      begin[kStepOffset - 1] != kStepKey) {
    return false;
  }
  const char* const next = parse_scalar_step(begin + kStepOffset, end, record.step);
  if (next == nullptr) return false;
  const auto rest = static_cast<std::size_t>(end - next);
  if (rest < kHeadSize + kSimpleValueSize) return false;
  const std::size_t tag_size = rest - kHeadSize - kSimpleValueSize;
  const char* const value = next + kHeadSize + tag_size;
  if (next[0] != kSummary || !is_length(next[1], rest - 2) || next[2] != kValue ||
      !is_length(next[3], rest - 4) || next[4] != kTag || !is_length(next[5], tag_size) ||
      value[0] != kSimpleValue) {
    return false;
  }
  record.wall_time = load_float<double, uint64_t>(begin + 1);
  record.value = load_float<float, uint32_t>(value + 1);
  record.tag = {next + kHeadSize, tag_size};
  return true;
}

std::string scalar_record_middle(std::string_view tag) {
  const std::size_t rest = kHeadSize + tag.size() + kSimpleValueSize;
  if (rest - 2 > kLongestLength) return {};
  std::string middle = {kSummary, static_cast<char>(rest - 2),  kValue, static_cast<char>(rest - 4),
                        kTag,     static_cast<char>(tag.size())};
  middle += tag;
  middle += kSimpleValue;
  return middle;
}

}  // namespace suar
