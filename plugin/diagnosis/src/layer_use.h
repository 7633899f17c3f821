#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <suar/statistics.h>

#include "rule.h"

namespace suar {

/// "features.3" of "features.3.weight".
std::string layer_of(const std::string& parameter);

/// Tells layers that are not used on the steps that are looked at (of several heads all but one)
/// from those whose units are all dead. None of their parameters gets a gradient, either way. But
/// what is behind a dead layer gets zeros from it: there a weight has no gradient, while the bias
/// has one.
class LayerUse {
 public:
  explicit LayerUse(const ParameterNames& parameters);

  /// Of each parameter, whether it is one of a layer of which none gets a gradient, though others
  /// do, and nothing shows that it is dead or before a dead one.
  std::vector<bool> find_unused(const std::vector<ParameterStatistics>& statistics) const;

 private:
  std::vector<std::size_t> layers_;  ///< of each parameter: the first one of its layer
};

}  // namespace suar
