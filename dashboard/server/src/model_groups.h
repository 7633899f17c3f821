#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <suar/diagnosis.h>

namespace suar::dashboard {

/// The parameters of a run by the models that they belong to.
struct ModelGroups {
  std::vector<ModelParameters> models;
  std::vector<std::size_t> places;  ///< of each parameter, in the order of the groups
};

/// A parameter belongs to the model with whose name and a '.' it begins, to that of the longest one
/// if there are several, and otherwise to a model without a name. Their order is kept. Models
/// without parameters are models all the same.
ModelGroups group_by_model(const std::vector<std::string>& parameters,
                           const std::vector<std::string>& models);

}  // namespace suar::dashboard
