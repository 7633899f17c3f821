#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace suar {

/// Appends the event of one scalar without metadata, its tag in UTF-8: the same bytes as protobuf
/// makes of it, in a fraction of the time.
void encode_scalar_event(double wall_time, int64_t step, std::string_view tag, float value,
                         std::string& bytes);

}  // namespace suar
