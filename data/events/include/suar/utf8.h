#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace suar {

/// A character of Unicode and the number of bytes that it takes in UTF-8.
struct Utf8Character {
  uint32_t code = 0;
  std::size_t size = 0;  ///< 0: the text does not begin with a character of UTF-8
};

/// The first character of a text, which is not empty. What is longer than need be, half of a
/// surrogate pair or beyond U+10FFFF is none.
Utf8Character first_character(std::string_view text);

/// The text with U+FFFD, the replacement character, in place of each byte that is not of UTF-8. For
/// what readers declare as a `string` of protobuf: many refuse the whole record over one such byte.
/// Different texts may become the same. Most texts are UTF-8: of those it is a copy.
std::string to_utf8(std::string_view text);

}  // namespace suar
