#include <cstring>

#include <suar/utf8.h>

namespace suar {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// The number of bytes at the beginning that are ASCII, or a few less.
std::size_t ascii_prefix(std::string_view text) {
  std::size_t size = 0;
  for (; text.size() - size >= sizeof(uint64_t); size += sizeof(uint64_t)) {
    uint64_t bytes;
    std::memcpy(&bytes, text.data() + size, sizeof bytes);
    if ((bytes & 0x8080808080808080u) != 0) break;
  }
  return size;
}

/// The number of bytes at the beginning that are UTF-8.
std::size_t utf8_prefix(std::string_view text) {
  std::size_t size = ascii_prefix(text);
  while (size < text.size()) {
    const std::size_t character = first_character(text.substr(size)).size;
    if (character == 0) break;
    size += character;
  }
  return size;
}

}  // namespace

Utf8Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  uint32_t code = lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  const bool too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return too_long || surrogate || code > 0x10ffff ? Utf8Character{} : Utf8Character{code, size};
}

std::string to_utf8(std::string_view text) {
  std::size_t valid = utf8_prefix(text);
  std::string result(text.substr(0, valid));
  while (valid < text.size()) {
    result += kReplacement;
    text.remove_prefix(valid + 1);
    valid = utf8_prefix(text);
    result += text.substr(0, valid);
  }
  return result;
}

}  // namespace suar
