#include "learning_rates.h"

namespace suar {

LearningRates::LearningRates(const std::vector<TrainedModel>& models) {
  for (const TrainedModel& model : models) {
    const std::string tag = "LearningRate" + (model.name().empty() ? "" : "/" + model.name());
    const Optimizers& optimizers = model.optimizers();
    for (std::size_t i = 0; i < optimizers.size(); ++i) {
      optimizers_.push_back(
          {optimizers.size() == 1 ? tag : tag + "/optimizer" + std::to_string(i), optimizers[i]});
    }
  }
}

std::vector<Summary> LearningRates::take(FailureReport& failures) const {
  std::vector<Summary> summaries;
  for (const Entry& entry : optimizers_) {
    failures.attempt("log " + entry.tag, [&] {
      const auto& groups = entry.optimizer.get().param_groups();
      for (std::size_t i = 0; i < groups.size(); ++i) {
        summaries.push_back(
            {groups.size() == 1 ? entry.tag : entry.tag + "/group" + std::to_string(i),
             groups[i].options().get_lr()});
      }
    });
  }
  return summaries;
}

}  // namespace suar
