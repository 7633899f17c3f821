#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "series.h"

namespace suar::dashboard {

/// The series of one kind that a run holds, in the order in which the run logged them first.
template <typename Points>
class TagTable {
 public:
  struct Entry {
    Entry(std::string name, const SessionStarts& starts) : tag(std::move(name)), series(starts) {}

    std::string tag;
    std::string description;
    Series<Points> series;
    bool touched = false;  ///< since the last `settle`
  };

  explicit TagTable(const SessionStarts& starts) : starts_(&starts) {}

  void append(const std::string& file, const std::string& tag, const std::string& description,
              typename Points::Point point) {
    Entry& entry = at(tag);
    if (entry.description.empty()) entry.description = description;
    entry.series.append(file, std::move(point));
    touch(entry);
  }

  /// Adds [first, last), all of one file, to an entry of this table.
  void append(const std::string& file, Entry& entry, const typename Points::Point* first,
              const typename Points::Point* last) {
    entry.series.append(file, first, last);
    touch(entry);
  }

  /// The entry of a tag, which is made if it is new. It stays where it is.
  Entry& at(const std::string& tag) {
    const auto [found, added] = by_tag_.try_emplace(tag, entries_.size());
    if (added) entries_.push_back(std::make_unique<Entry>(tag, *starts_));
    return *entries_[found->second];
  }

  void forget_file(const std::string& file) {
    for (const auto& entry : entries_) {
      entry->series.forget_file(file);
      touch(*entry);
    }
  }

  /// Closes a round of changes, see `Series::settle`. True when a series changed.
  bool settle(uint64_t version) {
    if (settled_starts_ != starts_->count()) {
      for (const auto& entry : entries_) touch(*entry);
      settled_starts_ = starts_->count();
    }
    bool changed = false;
    for (Entry* entry : touched_) {
      entry->touched = false;
      changed |= entry->series.settle(version);
    }
    touched_.clear();
    return changed;
  }

  /// Null when there is no such tag.
  const Entry* find(const std::string& tag) const {
    const auto found = by_tag_.find(tag);
    return found == by_tag_.end() ? nullptr : entries_[found->second].get();
  }

  const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }

 private:
  void touch(Entry& entry) {
    if (!entry.touched) touched_.push_back(&entry);
    entry.touched = true;
  }

  const SessionStarts* starts_;
  uint64_t settled_starts_ = 0;  ///< how many of them the last `settle` knew
  std::vector<std::unique_ptr<Entry>> entries_;
  std::unordered_map<std::string, std::size_t> by_tag_;
  std::vector<Entry*> touched_;
};

}  // namespace suar::dashboard
