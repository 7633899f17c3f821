#include "printable.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include <suar/utf8.h>

namespace suar::dashboard {
namespace {

bool is_harmless(uint32_t code) {
  const auto in = [code](uint32_t first, uint32_t last) { return code >= first && code <= last; };
  return !in(0, 0x1f) && !in(0x7f, 0x9f) && !in(0x200e, 0x200f) && !in(0x2028, 0x202e) &&
         !in(0x2066, 0x2069);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    const std::size_t size = std::max<std::size_t>(character.size, 1);
    if (character.size > 0 && is_harmless(character.code)) {
      result += text.substr(0, size);
    } else {
      for (const char byte : text.substr(0, size)) {
        char escaped[5];
        std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned char>(byte));
        result += escaped;
      }
    }
    text.remove_prefix(size);
  }
  return result;
}

std::size_t columns(std::string_view printable) {
  return static_cast<std::size_t>(std::count_if(printable.begin(), printable.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

}  // namespace suar::dashboard
