#pragma once

#include <cstdint>
#include <string_view>

namespace suar {

/// What a record says that holds one scalar and nothing else.
struct ScalarRecord {
  double wall_time = 0;
  int64_t step = 0;
  float value = 0;
  std::string_view tag;  ///< a view into the bytes of the record
};

/// Reads the form in which every writer lays out a scalar: wall time, step, and a summary of one
/// plain value with a short tag, in the order of their field numbers. False for any other form, of
/// which nothing is said: that is for `parse_event_message`. What this function takes, the other
/// one reads the same.
bool parse_scalar_record(std::string_view bytes, ScalarRecord& record);

}  // namespace suar
