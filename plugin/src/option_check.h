#pragma once

#include <vector>

#include <suar/callback_options.h>
#include <suar/trained_model.h>

namespace suar {

/// Throws `suar::Error` for the first option that makes no sense.
void check_options(const CallbackOptions& options);

/// Throws `suar::Error` unless each of several models has a name of its own.
void check_models(const std::vector<TrainedModel>& models);

}  // namespace suar
