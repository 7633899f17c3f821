#include "lzw.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace suar {
namespace {

constexpr int kLongestCode = 12;
constexpr uint32_t kMostCodes = 1u << kLongestCode;

/// The codes of the sequences met so far, each a shorter one and a number behind it.
class Dictionary {
 public:
  void clear() { keys_.fill(kFree); }

  /// The slot of a sequence, or the free one where it would stand.
  std::size_t find(uint32_t prefix, uint8_t number) const {
    const uint32_t key = prefix << 8 | number;
    std::size_t slot = (key * 2654435761u) >> (32 - kSlotBits);
    while (keys_[slot] != kFree && keys_[slot] != key) slot = (slot + 1) % keys_.size();
    return slot;
  }
  bool holds(std::size_t slot) const { return keys_[slot] != kFree; }
  uint32_t code(std::size_t slot) const { return codes_[slot]; }
  void insert(std::size_t slot, uint32_t prefix, uint8_t number, uint32_t code) {
    keys_[slot] = prefix << 8 | number;
    codes_[slot] = static_cast<uint16_t>(code);
  }

 private:
  static constexpr int kSlotBits = 13;  // twice as many slots as codes
  static constexpr uint32_t kFree = UINT32_MAX;
  std::array<uint32_t, std::size_t{1} << kSlotBits> keys_;
  std::array<uint16_t, std::size_t{1} << kSlotBits> codes_;
};

class CodeWriter {
 public:
  void write(uint32_t code, int size) {
    bits_ |= code << used_;
    used_ += size;
    for (; used_ >= 8; used_ -= 8, bits_ >>= 8) bytes_.push_back(static_cast<char>(bits_));
  }

  /// All that was written, in blocks.
  std::string finish() {
    if (used_ > 0) bytes_.push_back(static_cast<char>(bits_));
    std::string blocks;
    for (std::size_t i = 0; i < bytes_.size(); i += 255) {
      const std::size_t size = std::min<std::size_t>(255, bytes_.size() - i);
      blocks.push_back(static_cast<char>(size));
      blocks.append(bytes_, i, size);
    }
    blocks.push_back('\0');
    return blocks;
  }

 private:
  std::string bytes_;
  uint32_t bits_ = 0;
  int used_ = 0;
};

}  // namespace

std::string compress_lzw(const std::vector<uint8_t>& numbers, int bits) {
  const uint32_t clear_code = 1u << bits;
  const uint32_t end_code = clear_code + 1;
  Dictionary dictionary;
  CodeWriter writer;
  uint32_t next_code = 0;
  int size = 0;
  const auto begin_anew = [&] {
    dictionary.clear();
    next_code = end_code + 1;
    size = bits + 1;
  };
  begin_anew();
  writer.write(clear_code, size);
  if (!numbers.empty()) {
    uint32_t sequence = numbers.front();
    for (std::size_t i = 1; i < numbers.size(); ++i) {
      const uint8_t number = numbers[i];
      const std::size_t slot = dictionary.find(sequence, number);
      if (dictionary.holds(slot)) {
        sequence = dictionary.code(slot);
        continue;
      }
      writer.write(sequence, size);
      dictionary.insert(slot, sequence, number, next_code);
      // A reader knows each code one step later, and reads longer codes only then.
      if (next_code == 1u << size) ++size;
      if (++next_code == kMostCodes) {
        writer.write(clear_code, size);
        begin_anew();
      }
      sequence = number;
    }
    writer.write(sequence, size);
  }
  // The reader has added a last code by then.
  if (next_code == 1u << size) ++size;
  writer.write(end_code, size);
  return writer.finish();
}

}  // namespace suar
