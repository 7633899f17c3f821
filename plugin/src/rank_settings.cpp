#include "rank_settings.h"

#include <cstddef>

namespace suar {

std::vector<std::string> rank_settings(const CallbackOptions& options,
                                       const std::vector<SelectedParameters>& models) {
  const auto on_or_off = [](bool on) { return on ? "on" : "off"; };
  std::size_t parameters = 0;
  for (const SelectedParameters& model : models) parameters += model.names.size();
  return {
      "scalar_every: " + options.scalar_every().describe(),
      "statistics_every: " + options.statistics_every().describe(),
      "histogram_every: " + options.histogram_every().describe(),
      "image_every: " + options.image_every().describe(),
      "accumulate_batches: " + std::to_string(options.accumulate_batches()),
      "first step (purge_step): " + std::to_string(options.purge_step().value_or(0)),
      std::string("confusion_matrix: ") + on_or_off(options.confusion_matrix()),
      std::string("activations: ") + on_or_off(options.activations()),
      "parameters recorded: " + std::to_string(parameters),
  };
}

}  // namespace suar
