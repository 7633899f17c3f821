#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace suar::testing {

/// A GIF, read as its specification says, for GIFs whose frames fill the picture and have colours
/// of their own. Throws `std::runtime_error` for bytes that are none.
struct DecodedGif {
  struct Frame {
    int delay = 0;                ///< in hundredths of a second
    std::vector<uint8_t> colors;  ///< red, green, blue of each pixel
  };
  int width = 0;
  int height = 0;
  bool repeats = false;
  std::vector<Frame> frames;
};

class GifDecoder {
 public:
  explicit GifDecoder(const std::string& bytes) : bytes_(bytes) {}

  DecodedGif decode() {
    DecodedGif gif;
    expect(take(6) == "GIF89a");
    gif.width = number16();
    gif.height = number16();
    expect((byte() & 0x80) == 0);
    take(2);
    int delay = 0;
    for (int block = byte(); block != 0x3b; block = byte()) {
      if (block == 0x21 && byte() == 0xf9) {
        expect(byte() == 4);
        take(1);
        delay = number16();
        take(1);
        expect(byte() == 0);
      } else if (block == 0x21) {
        gif.repeats = sub_blocks() == std::string("NETSCAPE2.0\1\0\0", 14);
      } else {
        expect(block == 0x2c && number16() == 0 && number16() == 0);
        expect(number16() == gif.width && number16() == gif.height);
        gif.frames.push_back({delay, frame()});
        expect(gif.frames.back().colors.size() ==
               3u * static_cast<std::size_t>(gif.width) * static_cast<std::size_t>(gif.height));
      }
    }
    expect(next_ == bytes_.size());
    return gif;
  }

 private:
  static void expect(bool right) {
    if (!right) throw std::runtime_error("not a GIF");
  }
  std::string take(std::size_t size) {
    expect(next_ + size <= bytes_.size());
    next_ += size;
    return bytes_.substr(next_ - size, size);
  }
  int byte() { return static_cast<uint8_t>(take(1)[0]); }
  int number16() {
    const int low = byte();
    return low | byte() << 8;
  }
  std::string sub_blocks() {
    std::string all;
    for (int size = byte(); size > 0; size = byte()) all += take(static_cast<std::size_t>(size));
    return all;
  }

  std::vector<uint8_t> frame() {
    const int flags = byte();
    expect((flags & 0x80) != 0 && (flags & 0x40) == 0);
    const std::string palette = take(std::size_t{3} << ((flags & 7) + 1));
    const int bits = byte();
    std::vector<uint8_t> colors;
    for (const uint8_t index : decompress(sub_blocks(), bits)) {
      expect(3u * index + 3 <= palette.size());
      for (std::size_t i = 0; i < 3; ++i) {
        colors.push_back(static_cast<uint8_t>(palette[3u * index + i]));
      }
    }
    return colors;
  }

  static std::vector<uint8_t> decompress(const std::string& data, int bits) {
    const std::size_t clear = std::size_t{1} << bits;
    std::vector<std::vector<uint8_t>> table;
    const auto reset = [&] {
      table.clear();
      for (std::size_t i = 0; i < clear + 2; ++i) table.push_back({static_cast<uint8_t>(i)});
    };
    reset();
    std::vector<uint8_t> result, previous;
    int size = bits + 1;
    for (std::size_t bit = 0;;) {
      std::size_t code = 0;
      for (int i = 0; i < size; ++i, ++bit) {
        expect(bit / 8 < data.size());
        code |= static_cast<std::size_t>(static_cast<uint8_t>(data[bit / 8]) >> bit % 8 & 1) << i;
      }
      if (code == clear + 1) return result;
      if (code == clear) {
        reset();
        size = bits + 1;
        previous.clear();
        continue;
      }
      expect(code < table.size() || (code == table.size() && !previous.empty()));
      auto sequence = code < table.size() ? table[code] : previous;
      if (code == table.size()) sequence.push_back(previous[0]);
      result.insert(result.end(), sequence.begin(), sequence.end());
      if (!previous.empty() && table.size() < 4096) {
        previous.push_back(sequence[0]);
        table.push_back(previous);
        if (table.size() == std::size_t{1} << size && size < 12) ++size;
      }
      previous = sequence;
    }
  }

  const std::string& bytes_;
  std::size_t next_ = 0;
};

inline DecodedGif decode_gif(const std::string& bytes) {
  return GifDecoder(bytes).decode();
}

}  // namespace suar::testing
