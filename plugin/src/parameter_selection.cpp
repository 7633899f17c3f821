#include "parameter_selection.h"

#include <regex>
#include <unordered_set>

#include <suar/error.h>
#include <suar/statistics.h>

namespace suar {
namespace {

class Patterns {
 public:
  Patterns(const std::string& option, const std::vector<std::string>& expressions)
      : option_(option) {
    for (const std::string& expression : expressions) {
      try {
        patterns_.push_back({expression, std::regex(expression)});
      } catch (const std::regex_error& error) {
        throw Error("\"" + expression +
                    "\" is no regular expression (ECMAScript): " + error.what() + ".");
      }
    }
  }

  bool empty() const { return patterns_.empty(); }

  /// Whether any is found in the name.
  bool find_in(const std::string& name) {
    bool found = false;
    for (Pattern& pattern : patterns_) {
      if (!std::regex_search(name, pattern.regex)) continue;
      found = pattern.found = true;
    }
    return found;
  }

  /// Throws `suar::Error` unless each was found in a name; `example` is one of them.
  void check_found(const std::string& example) const {
    for (const Pattern& pattern : patterns_) {
      if (pattern.found) continue;
      throw Error("no parameter has a name in which the expression \"" + pattern.expression +
                  "\" of CallbackOptions::" + option_ + " is found: names are like \"" + example +
                  "\".");
    }
  }

 private:
  struct Pattern {
    std::string expression;
    std::regex regex;
    bool found = false;  ///< in any name
  };

  const std::string option_;
  std::vector<Pattern> patterns_;
};

}  // namespace

std::string total_norm_tag(const SelectedParameters& model) {
  return kTotalGradientNormTag + (model.model.empty() ? "" : "/" + model.model);
}

std::vector<SelectedParameters> select_parameters(const std::vector<TrainedModel>& models,
                                                  const CallbackOptions& options) {
  Patterns include("include", options.include()), exclude("exclude", options.exclude());
  std::vector<SelectedParameters> selected(models.size());
  std::unordered_set<const void*> recorded;                         // of all models
  std::vector<std::unordered_set<const void*>> own(models.size());  // recorded or not
  const auto for_each = [&](auto&& take) {
    for (std::size_t i = 0; i < models.size(); ++i) {
      const std::string& model = models[i].name();
      for (const auto& [key, tensor] : models[i].parameters()) {
        if (tensor.defined()) take(i, model.empty() ? key : model + "." + key, tensor);
      }
    }
  };
  std::string example;
  for_each([&](std::size_t model, std::string name, const torch::Tensor& tensor) {
    example = name;
    const bool excluded = exclude.find_in(name);
    if ((!include.empty() && !include.find_in(name)) || excluded) return;
    if (!recorded.insert(tensor.unsafeGetTensorImpl()).second) return;
    own[model].insert(tensor.unsafeGetTensorImpl());
    selected[model].names.push_back(std::move(name));
    selected[model].tensors.push_back(tensor);
  });
  if (!example.empty()) {
    include.check_found(example);
    exclude.check_found(example);
  }
  for_each([&](std::size_t model, const std::string&, const torch::Tensor& tensor) {
    if (own[model].insert(tensor.unsafeGetTensorImpl()).second) {
      selected[model].others.push_back(tensor);
    }
  });
  for (std::size_t i = 0; i < models.size(); ++i) selected[i].model = models[i].name();
  return selected;
}

}  // namespace suar
