#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace suar {

/// The name of a class, or its number where it has none.
inline std::string class_name(int64_t index, const std::vector<std::string>& names) {
  return index >= 0 && static_cast<std::size_t>(index) < names.size()
             ? names[static_cast<std::size_t>(index)]
             : std::to_string(index);
}

/// Text as a cell of a table in Markdown, which ends at a bar and at the end of the line: what
/// would be markup is shown as it is.
inline std::string table_cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    switch (c) {
      case '\n':
      case '\r':
        cell += ' ';
        break;
      case '<':
        cell += "&lt;";
        break;
      case '&':
        cell += "&amp;";
        break;
      default:
        if (std::string_view("\\`*_[]|").find(c) != std::string_view::npos) cell += '\\';
        cell += c;
    }
  }
  return cell;
}

}  // namespace suar
