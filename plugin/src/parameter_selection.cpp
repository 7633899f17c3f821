#include "parameter_selection.h"

#include <algorithm>
#include <regex>
#include <unordered_set>

#include <suar/error.h>
#include <suar/statistics.h>

namespace suar {
namespace {

class Patterns {
 public:
  explicit Patterns(const std::vector<std::string>& expressions) {
    for (const std::string& expression : expressions) {
      try {
        patterns_.emplace_back(expression);
      } catch (const std::regex_error& error) {
        throw Error("\"" + expression +
                    "\" is no regular expression (ECMAScript): " + error.what() + ".");
      }
    }
  }

  bool empty() const { return patterns_.empty(); }
  bool find_in(const std::string& name) const {
    return std::any_of(patterns_.begin(), patterns_.end(),
                       [&](const auto& pattern) { return std::regex_search(name, pattern); });
  }

 private:
  std::vector<std::regex> patterns_;
};

}  // namespace

std::string total_norm_tag(const SelectedParameters& model) {
  return kTotalGradientNormTag + (model.model.empty() ? "" : "/" + model.model);
}

std::vector<SelectedParameters> select_parameters(const std::vector<TrainedModel>& models,
                                                  const CallbackOptions& options) {
  const Patterns include(options.include()), exclude(options.exclude());
  std::unordered_set<const void*> seen;
  std::vector<SelectedParameters> selected;
  for (const TrainedModel& model : models) {
    SelectedParameters parameters;
    parameters.model = model.name();
    for (const auto& [key, tensor] : model.parameters()) {
      if (!tensor.defined() || !seen.insert(tensor.unsafeGetTensorImpl()).second) continue;
      std::string name = model.name().empty() ? key : model.name() + "." + key;
      if (!include.empty() && !include.find_in(name)) continue;
      if (exclude.find_in(name)) continue;
      parameters.names.push_back(std::move(name));
      parameters.tensors.push_back(tensor);
    }
    selected.push_back(std::move(parameters));
  }
  return selected;
}

}  // namespace suar
