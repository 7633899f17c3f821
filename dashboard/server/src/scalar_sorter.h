#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <suar/event_reader.h>

#include "scalar_points.h"
#include "tag_table.h"

namespace suar::dashboard {

/// Takes the scalars of one event file, which stand there tag by turns, to their series, a stretch
/// of each tag at a time. Not thread-safe.
class ScalarSorter {
 public:
  /// `tags` are those of the file's reader. Every call is for the same file and table.
  void append(const std::string& file, const std::deque<ScalarTag>& tags,
              const std::vector<ScalarRow>& rows, TagTable<ScalarPoints>& table);

 private:
  struct Slot {
    TagTable<ScalarPoints>::Entry* entry;
    uint32_t count;  ///< of the rows at hand
    uint32_t end;    ///< of the points sorted so far
  };
  std::vector<Slot> slots_;  ///< for each number of a tag
};

}  // namespace suar::dashboard
