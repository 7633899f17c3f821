#include "model_groups.h"

#include <utility>

namespace suar::dashboard {

ModelGroups group_by_model(const std::vector<std::string>& parameters,
                           const std::vector<std::string>& models) {
  ModelGroups groups;
  for (const std::string& model : models) groups.models.push_back({model, {}});
  // In the end, as `Diagnosis` has it.
  ModelParameters nameless;
  std::vector<std::pair<ModelParameters*, std::size_t>> owners;  // and the place among its own
  for (const std::string& parameter : parameters) {
    ModelParameters* owner = &nameless;
    std::size_t longest = 0;
    for (ModelParameters& model : groups.models) {
      const std::size_t length = model.model.size() + 1;
      if (length <= longest || parameter.compare(0, length, model.model + ".") != 0) continue;
      owner = &model;
      longest = length;
    }
    owners.emplace_back(owner, owner->names.size());
    owner->names.push_back(parameter);
  }
  const auto first_place = [&](const ModelParameters* owner) {
    std::size_t place = 0;
    for (const ModelParameters& model : groups.models) {
      if (&model == owner) return place;
      place += model.names.size();
    }
    return place;
  };
  for (const auto& [owner, place] : owners) groups.places.push_back(first_place(owner) + place);
  if (!nameless.names.empty() || models.empty()) groups.models.push_back(std::move(nameless));
  return groups;
}

}  // namespace suar::dashboard
