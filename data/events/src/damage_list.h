#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <suar/event_reader.h>

namespace suar {

/// What a reader stepped over, in file order. Only the first places are listed: a file may consist
/// of nothing else.
class DamageList {
 public:
  /// So many places are listed.
  static constexpr std::size_t kMost = 100;

  /// Of all places, those not listed among them.
  struct Totals {
    uint64_t places = 0;
    uint64_t bytes = 0;
    uint64_t end = 0;              ///< of the last place, in bytes from the beginning of the file
    std::string_view reason = {};  ///< of the last place
  };

  /// Adds a place. It becomes one with that right before it when the reason is the same, or when it
  /// `belongs_to_last` whatever the reason. `reason` is a literal.
  void add(uint64_t offset, uint64_t length, std::string_view reason, bool belongs_to_last) {
    const bool adjacent = totals_.places > 0 && totals_.end == offset;
    if (!adjacent || !(belongs_to_last || totals_.reason == reason)) {
      ++totals_.places;
      totals_.reason = reason;
      if (places_.size() < kMost) places_.push_back({offset, 0, std::string(reason)});
    }
    if (totals_.places == places_.size()) places_.back().length += length;
    totals_.bytes += length;
    totals_.end = offset + length;
  }

  const std::vector<Damage>& places() const { return places_; }
  const Totals& totals() const { return totals_; }

  /// Takes back the places that were added after these were the totals; none of them became one
  /// with a place from before.
  void take_back(const Totals& totals) {
    totals_ = totals;
    if (places_.size() > totals.places) places_.resize(static_cast<std::size_t>(totals.places));
  }

 private:
  std::vector<Damage> places_;
  Totals totals_;
};

}  // namespace suar
