#pragma once

#include <string>
#include <vector>

#include <suar/callback_options.h>

#include "parameter_selection.h"

namespace suar {

/// What must be alike on all ranks of a distributed training, or they would meet at different
/// moments or over different things: in words, "scalar_every: every 10 steps".
std::vector<std::string> rank_settings(const CallbackOptions& options,
                                       const std::vector<SelectedParameters>& models);

}  // namespace suar
