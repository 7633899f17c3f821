#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "scope_evidence.h"

namespace suar::graph_export {

/// Finds out which of several modules that share a layer or a tensor runs it at each use, where
/// nothing but the order of the uses tells them apart.
///
/// The uses are noted first, for all of them are needed for an answer: where there are as many
/// places in the code as modules, each module has one (or each two, and so on); where one place is
/// visited as often as there are modules, they take turns.
class SharedUses {
 public:
  /// Instructions that lead to a use, outermost first.
  using Place = std::vector<std::uintptr_t>;

  /// `what` tells apart several things that the same modules share.
  void note(const PossibleModules& modules, const void* what, Place place);

  bool are_any() const { return !uses_.empty(); }

  /// Which of the modules runs the next use: its index in the order in which they run. To be asked
  /// in the order in which the uses were noted. Empty where it cannot be told.
  std::optional<std::size_t> next(const PossibleModules& modules, const void* what,
                                  const Place& place);

 private:
  struct Uses {
    std::vector<Place> places;  ///< different ones, in order
    std::size_t noted = 0;
    std::size_t asked = 0;
  };
  std::map<std::pair<PossibleModules, const void*>, Uses> uses_;
};

}  // namespace suar::graph_export
