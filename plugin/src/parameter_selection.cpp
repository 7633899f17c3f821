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
  std::vector<SelectedParameters> selected(models.size());
  std::unordered_set<const void*> seen;
  const auto for_each = [&](auto&& take) {
    for (std::size_t i = 0; i < models.size(); ++i) {
      const std::string& model = models[i].name();
      for (const auto& [key, tensor] : models[i].parameters()) {
        if (tensor.defined()) take(selected[i], model.empty() ? key : model + "." + key, tensor);
      }
    }
  };
  bool any_included = include.empty();
  std::string example;
  for_each([&](SelectedParameters& parameters, std::string name, const torch::Tensor& tensor) {
    example = name;
    if (!include.empty() && !include.find_in(name)) return;
    any_included = true;
    if (exclude.find_in(name) || !seen.insert(tensor.unsafeGetTensorImpl()).second) return;
    parameters.names.push_back(std::move(name));
    parameters.tensors.push_back(tensor);
  });
  if (!any_included && !example.empty()) {
    throw Error(
        "no parameter has a name in which an expression of CallbackOptions::include is "
        "found: names are like \"" +
        example + "\".");
  }
  for_each([&](SelectedParameters& parameters, const std::string&, const torch::Tensor& tensor) {
    if (seen.insert(tensor.unsafeGetTensorImpl()).second) parameters.others.push_back(tensor);
  });
  for (std::size_t i = 0; i < models.size(); ++i) selected[i].model = models[i].name();
  return selected;
}

}  // namespace suar
