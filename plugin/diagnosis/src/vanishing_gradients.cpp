#include <algorithm>
#include <cmath>

#include "rule.h"

namespace suar {
namespace {

constexpr double kVanishingShare = 1e-4;  // of the greatest mean |gradient| in the model
constexpr int kPatience = 3;              // observations in a row

/// Gradients that shrink on their way from the loss to the input: the first layers hardly learn.
///
/// Judged against the model's other layers, not by an absolute size, which depends on the scale of
/// the loss. A gradient that is exactly zero throughout is another trouble: see dead_relu.cpp.
class VanishingGradients : public Rule {
 public:
  explicit VanishingGradients(const ParameterNames& parameters) : parameters_(parameters) {}

  void observe(const StepStatistics& statistics) override {
    double greatest = 0;
    for (const auto& parameter : statistics.parameters) {
      if (std::isfinite(parameter.gradient_mean_abs)) {
        greatest = std::max(greatest, parameter.gradient_mean_abs);
      }
    }
    if (!(greatest > 0)) return;  // no gradient was measured, or none flows

    // The parameters from the input on that hardly get a gradient.
    std::size_t depth = 0;
    bool any_flows = false;
    double smallest = 1;
    for (; depth < statistics.parameters.size(); ++depth) {
      const double mean = statistics.parameters[depth].gradient_mean_abs;
      if (std::isnan(mean)) continue;
      if (!(mean < kVanishingShare * greatest)) break;
      if (mean > 0) {
        any_flows = true;
        smallest = std::min(smallest, mean / greatest);
      }
    }
    streak_.observe(statistics.step, depth > 0 && any_flows);
    if (streak_.length() < kPatience) return;
    if (!found_) first_step_ = streak_.first_step();
    found_ = true;
    last_step_ = statistics.step;
    depth_ = depth;
    smallest_ = smallest;
  }

  void add_findings(std::vector<Finding>& findings) const override {
    if (!found_) return;
    const std::string& subject = parameters_[depth_ - 1];
    findings.push_back(
        {"vanishing-gradients", Severity::error, subject, first_step_, last_step_,
         "Gradients vanish from " + subject + " down since step " + std::to_string(first_step_) +
             ": the first layers get " + format_number(smallest_) +
             " of the greatest mean gradient in the model.",
         "Use ReLU-like activations, Kaiming or Xavier initial weights, normalisation layers or "
         "residual connections; or fewer layers."});
  }

 private:
  const ParameterNames parameters_;
  Streak streak_;
  bool found_ = false;
  int64_t first_step_ = 0, last_step_ = 0;
  std::size_t depth_ = 0;
  double smallest_ = 0;
};

}  // namespace

std::unique_ptr<Rule> make_vanishing_gradients_rule(const ParameterNames& parameters) {
  return std::make_unique<VanishingGradients>(parameters);
}

}  // namespace suar
