#include "scalar_sorter.h"

namespace suar::dashboard {

void ScalarSorter::append(const std::string& file, const std::deque<ScalarTag>& tags,
                          const std::vector<ScalarRow>& rows, TagTable<ScalarPoints>& table) {
  for (std::size_t tag = slots_.size(); tag < tags.size(); ++tag) {
    slots_.push_back({&table.at(tags[tag].name), 0, 0});
  }
  // A counting sort, which keeps the order of the points of a tag.
  std::vector<uint32_t> present;
  for (const ScalarRow& row : rows) {
    if (slots_[row.tag].count++ == 0) present.push_back(row.tag);
  }
  uint32_t begin = 0;
  for (const uint32_t tag : present) {
    slots_[tag].end = begin;
    begin += slots_[tag].count;
  }
  std::vector<ScalarPoint> points(rows.size());
  for (const ScalarRow& row : rows) {
    points[slots_[row.tag].end++] = {row.step, row.wall_time, row.value};
  }
  for (const uint32_t tag : present) {
    Slot& slot = slots_[tag];
    if (slot.entry->description.empty()) slot.entry->description = tags[tag].description;
    table.append(file, *slot.entry, points.data() + slot.end - slot.count,
                 points.data() + slot.end);
    slot.count = 0;
  }
}

}  // namespace suar::dashboard
