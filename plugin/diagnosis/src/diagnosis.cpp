#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include <suar/diagnosis.h>

#include "rule.h"

namespace suar {

const char* to_string(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

std::string format_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2g", value);
  return text;
}

class Diagnosis::Impl {
 public:
  explicit Impl(const std::vector<ModelParameters>& models) {
    for (const ModelParameters& model : models) add(model);
    if (models.size() == 1) return;
    // What carries no model's name is judged, too.
    nameless_ = static_cast<std::size_t>(
        std::find_if(models.begin(), models.end(), [](const auto& m) { return m.model.empty(); }) -
        models.begin());
    if (nameless_ == models.size()) add({});
  }

  void observe(const StepStatistics& statistics) {
    std::vector<StepStatistics> own(models_.size());
    auto begin = statistics.parameters.begin();
    for (std::size_t i = 0; i < own.size(); ++i) {
      own[i].step = statistics.step;
      own[i].loss = statistics.loss;
      own[i].has_loss = statistics.has_loss;
      choose_loss(statistics.losses, models_[i].name, own[i]);
      own[i].parameters.resize(models_[i].parameters);
      if (statistics.parameters.empty()) continue;
      const auto end = begin + static_cast<std::ptrdiff_t>(models_[i].parameters);
      std::copy(begin, end, own[i].parameters.begin());
      begin = end;
    }
    for (const ActivationStatistics& activation : statistics.activations) {
      own[owner_of(activation.name)].activations.push_back(activation);
    }
    for (std::size_t i = 0; i < own.size(); ++i) {
      for (const auto& rule : models_[i].rules) rule->observe(own[i]);
    }
  }

  std::vector<Finding> findings() const {
    std::vector<Finding> all;
    for (const Model& model : models_) {
      const std::size_t before = all.size();
      for (const auto& rule : model.rules) rule->add_findings(all);
      for (std::size_t i = before; i < all.size(); ++i) {
        if (all[i].subject != kTrainingLossTag) all[i].model = model.name;
      }
    }
    drop_repeated_loss(all);
    return all;
  }

 private:
  struct Model {
    std::string name;
    std::size_t parameters;  ///< how many
    std::vector<std::unique_ptr<Rule>> rules;
  };

  void add(const ModelParameters& parameters) {
    Model& model = models_.emplace_back();
    model.name = parameters.model;
    model.parameters = parameters.names.size();
    model.rules.push_back(make_non_finite_values_rule(parameters.names));
    model.rules.push_back(make_exploding_gradients_rule(parameters.names));
    model.rules.push_back(make_vanishing_gradients_rule(parameters.names));
    model.rules.push_back(make_dead_relu_rule(parameters.names));
    model.rules.push_back(make_unused_layer_rule(parameters.names));
  }

  /// A loss that all models have counts only where it is not finite, or they have none of their
  /// own.
  static void choose_loss(const std::vector<ModelLoss>& losses, const std::string& model,
                          StepStatistics& own) {
    const auto loss = std::find_if(losses.begin(), losses.end(),
                                   [&](const ModelLoss& other) { return other.model == model; });
    if (loss == losses.end() || (own.has_loss && !std::isfinite(own.loss))) return;
    own.loss = loss->value;
    own.has_loss = true;
    own.loss_tag = training_loss_tag(model);
  }

  std::size_t owner_of(const std::string& activation) const {
    if (models_.size() == 1) return 0;
    std::size_t owner = nameless_, longest = 0;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      const std::string start = models_[i].name + ".";
      if (start.size() <= longest || activation.compare(0, start.size(), start) != 0) continue;
      owner = i;
      longest = start.size();
    }
    return owner;
  }

  /// The loss belongs to all models: it is enough to say so once, and needless where a parameter
  /// of some model tells more.
  static void drop_repeated_loss(std::vector<Finding>& findings) {
    const auto is_loss = [](const Finding& finding) { return finding.subject == kTrainingLossTag; };
    const auto first = std::find_if(findings.begin(), findings.end(), is_loss);
    if (first == findings.end()) return;
    const bool told = std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.rule == first->rule && !is_loss(other);
    });
    findings.erase(std::remove_if(told ? first : first + 1, findings.end(), is_loss),
                   findings.end());
  }

  std::vector<Model> models_;
  std::size_t nameless_ = 0;  ///< index of the one without a name, where there are several
};

Diagnosis::Diagnosis(const std::vector<ModelParameters>& models)
    : impl_(std::make_unique<Impl>(models)) {}

Diagnosis::~Diagnosis() = default;
Diagnosis::Diagnosis(Diagnosis&&) noexcept = default;
Diagnosis& Diagnosis::operator=(Diagnosis&&) noexcept = default;

void Diagnosis::observe(const StepStatistics& statistics) {
  impl_->observe(statistics);
}

std::vector<Finding> Diagnosis::findings() const {
  std::vector<Finding> findings = impl_->findings();
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return findings;
}

}  // namespace suar
