#include "learning_rates.h"

#include <utility>

#include "append.h"

namespace suar {

LearningRates::LearningRates(const std::vector<TrainedModel>& models) {
  for (const TrainedModel& model : models) {
    const std::string tag = "LearningRate" + (model.name().empty() ? "" : "/" + model.name());
    const Optimizers& optimizers = model.optimizers();
    Model& own = models_.emplace_back();
    for (std::size_t i = 0; i < optimizers.size(); ++i) {
      own.optimizers.push_back(
          {optimizers.size() == 1 ? tag : tag + "/optimizer" + std::to_string(i), optimizers[i]});
    }
  }
}

void LearningRates::read(std::size_t model, FailureReport& failures) {
  Model& own = models_.at(model);
  std::vector<Summary>& rates = own.rates.emplace();
  for (const Entry& entry : own.optimizers) {
    failures.attempt("log " + entry.tag, [&] {
      const auto& groups = entry.optimizer.get().param_groups();
      for (std::size_t i = 0; i < groups.size(); ++i) {
        rates.push_back({groups.size() == 1 ? entry.tag : entry.tag + "/group" + std::to_string(i),
                         groups[i].options().get_lr()});
      }
    });
  }
}

std::vector<Summary> LearningRates::take(FailureReport& failures) {
  std::vector<Summary> summaries;
  for (std::size_t i = 0; i < models_.size(); ++i) {
    if (!models_[i].rates) read(i, failures);
    append(*std::exchange(models_[i].rates, std::nullopt), summaries);
  }
  return summaries;
}

}  // namespace suar
