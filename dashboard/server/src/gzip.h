#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suar::dashboard {

/// The bytes in gzip's format. `level` is zlib's, 1 (quick) to 9 (small).
std::string gzip(std::string_view bytes, int level);

/// The reverse. Empty when `compressed` is not whole or not gzip.
std::optional<std::string> gunzip(std::string_view compressed);

/// True when an `Accept-Encoding` header takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace suar::dashboard
