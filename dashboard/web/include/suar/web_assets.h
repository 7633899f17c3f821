#pragma once

#include <string_view>

namespace suar {

/// One file of the front end, held in the program.
struct WebAsset {
  std::string_view path;          ///< absolute, for example "/assets/index-Dk3.js"
  std::string_view content_type;  ///< for example "text/javascript; charset=utf-8"
  std::string_view gzip;          ///< the content, compressed with gzip
  bool immutable;  ///< true when the path changes with the content: it may be cached for ever
};

/// The file with this path; null when there is none. The path of a page ends in ".html": "/" is
/// none. Thread-safe; never blocks.
const WebAsset* find_web_asset(std::string_view path);

}  // namespace suar
