#include <algorithm>
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
  explicit Impl(ParameterNames names) : parameters(std::move(names)) {
    rules.push_back(make_non_finite_values_rule(parameters));
    rules.push_back(make_exploding_gradients_rule(parameters));
    rules.push_back(make_vanishing_gradients_rule(parameters));
    rules.push_back(make_dead_relu_rule(parameters));
  }

  const ParameterNames parameters;
  std::vector<std::unique_ptr<Rule>> rules;
};

Diagnosis::Diagnosis(std::vector<std::string> parameters)
    : impl_(std::make_unique<Impl>(std::move(parameters))) {}

Diagnosis::~Diagnosis() = default;
Diagnosis::Diagnosis(Diagnosis&&) noexcept = default;
Diagnosis& Diagnosis::operator=(Diagnosis&&) noexcept = default;

void Diagnosis::observe(const StepStatistics& statistics) {
  StepStatistics complete = statistics;
  complete.parameters.resize(impl_->parameters.size());
  for (const auto& rule : impl_->rules) rule->observe(complete);
}

std::vector<Finding> Diagnosis::findings() const {
  std::vector<Finding> findings;
  for (const auto& rule : impl_->rules) rule->add_findings(findings);
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return findings;
}

}  // namespace suar
