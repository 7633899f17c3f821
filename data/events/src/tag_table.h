#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace suar {

/// Keeps every tag as it is written, in UTF-8, at an address that stays. Thread-safe; finding a
/// known tag takes no lock and allocates nothing.
class TagTable {
 public:
  TagTable();
  TagTable(const TagTable&) = delete;
  TagTable& operator=(const TagTable&) = delete;

  /// `to_utf8(tag)`, made at its first use. Valid as long as the table.
  const std::string* intern(std::string_view tag);

 private:
  struct Entry {
    uint64_t hash;
    std::string tag;      ///< as it was given, to be found by
    std::string written;  ///< most often the same
  };
  /// Open addressing with linear probing; at most half of the slots are taken, none is ever freed.
  struct Slots {
    explicit Slots(std::size_t size) : mask(size - 1), entries(size) {}
    std::size_t mask;
    std::vector<std::atomic<const Entry*>> entries;
  };

  static const Entry* find(const Slots& slots, uint64_t hash, std::string_view tag);
  static void insert(Slots& slots, const Entry& entry);
  const std::string* add(uint64_t hash, std::string_view tag);

  std::atomic<const Slots*> current_;
  std::mutex mutex_;  // guards what follows
  std::deque<Entry> entries_;
  std::vector<std::unique_ptr<Slots>> slots_;  ///< the current ones last; others may be read still
};

}  // namespace suar
