#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suar {

/// The name of a class, or its number where it has none.
inline std::string class_name(int64_t index, const std::vector<std::string>& names) {
  return index >= 0 && static_cast<std::size_t>(index) < names.size()
             ? names[static_cast<std::size_t>(index)]
             : std::to_string(index);
}

/// Text as a cell of a table in Markdown, which ends at a bar and at the end of the line.
inline std::string table_cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' || c == '\r' ? ' ' : c;
  }
  return cell;
}

}  // namespace suar
