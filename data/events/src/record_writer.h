#pragma once

#include <string>
#include <string_view>

namespace suar {

/// Appends `data` to `buffer` as one whole record.
void append_record(std::string& buffer, std::string_view data);

}  // namespace suar
