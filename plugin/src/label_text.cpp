#include "label_text.h"

#include <cstddef>
#include <cstring>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include <stb_easy_font.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace suar {
namespace {

// stb_easy_font makes a character of bars, each as four corners of 16 bytes: x, y, z, colour. No
// character has as many bars as this.
constexpr std::size_t kCornerSize = 16;
constexpr std::size_t kMostBars = 32;

std::vector<char> printable(const std::string& text) {
  std::vector<char> characters;
  for (const char c : text) characters.push_back(c >= ' ' && c <= '~' ? c : '?');
  characters.push_back('\0');
  return characters;
}

}  // namespace

int text_width(const std::string& text) {
  return stb_easy_font_width(printable(text).data());
}

void draw_text(Pixels& pixels, int left, int top, const std::string& text, const Color& color) {
  std::vector<char> corners(text.size() * kMostBars * 4 * kCornerSize);
  const int bars = stb_easy_font_print(0, 0, printable(text).data(), nullptr, corners.data(),
                                       static_cast<int>(corners.size()));
  for (int bar = 0; bar < bars; ++bar) {
    const char* corner = corners.data() + static_cast<std::size_t>(bar) * 4 * kCornerSize;
    float upper_left[2], lower_right[2];
    std::memcpy(upper_left, corner, sizeof upper_left);
    std::memcpy(lower_right, corner + 2 * kCornerSize, sizeof lower_right);
    fill_rectangle(
        pixels,
        {left + static_cast<int>(upper_left[0]), top + static_cast<int>(upper_left[1]),
         left + static_cast<int>(lower_right[0]), top + static_cast<int>(lower_right[1])},
        color);
  }
}

}  // namespace suar
