#pragma once

#include <suar/callback_options.h>

namespace suar {

/// Throws `suar::Error` for the first option that makes no sense.
void check_options(const CallbackOptions& options);

}  // namespace suar
