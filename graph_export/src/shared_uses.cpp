#include "shared_uses.h"

#include <algorithm>

namespace suar::graph_export {

void SharedUses::note(const PossibleModules& modules, const void* what, Place place) {
  Uses& uses = uses_[{modules, what}];
  ++uses.noted;
  if (std::find(uses.places.begin(), uses.places.end(), place) == uses.places.end()) {
    uses.places.push_back(std::move(place));
  }
}

std::optional<std::size_t> SharedUses::next(const PossibleModules& modules, const void* what,
                                            const Place& place) {
  const auto found = uses_.find({modules, what});
  if (found == uses_.end()) return std::nullopt;
  Uses& uses = found->second;
  const std::size_t turn = uses.asked++;
  if (uses.places.size() % modules.size() == 0) {
    const auto known = std::find(uses.places.begin(), uses.places.end(), place);
    if (known == uses.places.end()) return std::nullopt;
    const auto index = static_cast<std::size_t>(known - uses.places.begin());
    return index / (uses.places.size() / modules.size());
  }
  if (uses.noted == modules.size() && turn < modules.size()) return turn;
  return std::nullopt;
}

}  // namespace suar::graph_export
