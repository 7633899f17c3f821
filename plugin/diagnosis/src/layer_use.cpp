#include "layer_use.h"

#include <algorithm>
#include <unordered_map>

namespace suar {

std::string layer_of(const std::string& parameter) {
  if (parameter == "weight" || parameter == "bias") return "the model";
  return parameter.substr(0, parameter.rfind('.'));
}

LayerUse::LayerUse(const ParameterNames& parameters) {
  std::unordered_map<std::string, std::size_t> layers;
  for (const std::string& parameter : parameters) {
    layers_.push_back(layers.emplace(layer_of(parameter), layers_.size()).first->second);
  }
}

std::vector<bool> LayerUse::find_unused(const std::vector<ParameterStatistics>& statistics) const {
  std::vector<bool> alive(layers_.size());  // at the first parameter of each layer
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (statistics[i].dead_units < 1) alive[layers_[i]] = true;
  }
  std::vector<bool> unused(layers_.size());
  if (std::find(alive.begin(), alive.end(), true) == alive.end()) return unused;
  // From the loss on, up to where something gets no input.
  for (std::size_t i = layers_.size(); i-- > 0;) {
    if (!(statistics[i].dead_units >= 1)) continue;
    if (alive[layers_[i]]) break;
    unused[i] = true;
  }
  return unused;
}

}  // namespace suar
