#pragma once

#include <iterator>
#include <vector>

namespace suar {

/// Moves the elements of `more` behind those of `all`.
template <class Element>
void append(std::vector<Element> more, std::vector<Element>& all) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace suar
