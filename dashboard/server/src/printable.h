#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace suar::dashboard {

/// Text from a file, safe to print on a terminal: control characters, marks that turn the direction
/// of writing and bytes that are not UTF-8 become "\x1b".
std::string printable(std::string_view text);

/// Number of columns that printable text takes, one for each character.
std::size_t columns(std::string_view printable);

}  // namespace suar::dashboard
