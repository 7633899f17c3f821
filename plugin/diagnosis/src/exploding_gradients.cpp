#include <algorithm>
#include <cmath>

#include "rule.h"

namespace suar {
namespace {

constexpr double kExplodingNorm = 1e3;    // of one parameter's gradient
constexpr double kExplodingGrowth = 100;  // over what the parameter's gradient usually was...
constexpr int kUsualObservations = 5;     // ...once that many observations say what is usual
constexpr double kUsualWeight = 0.9;      // of the past in that average
constexpr int kPatience = 2;              // observations in a row

/// Gradients that are huge, or have grown far beyond what they were.
class ExplodingGradients : public Rule {
 public:
  explicit ExplodingGradients(const ParameterNames& parameters)
      : parameters_(parameters), states_(parameters.size()) {}

  void observe(const StepStatistics& statistics) override {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const double norm = statistics.parameters[i].gradient_norm;
      if (!std::isfinite(norm)) continue;
      State& state = states_[i];
      const bool grown = state.observations >= kUsualObservations && norm > 1 &&
                         norm > kExplodingGrowth * state.usual;
      const bool explodes = norm > kExplodingNorm || grown;
      state.streak.observe(statistics.step, explodes);
      if (explodes) {
        state.greatest = std::max(state.greatest, norm);
        if (state.streak.length() >= kPatience && !state.found) {
          state.found = true;
          state.first_step = state.streak.first_step();
        }
        if (state.found) state.last_step = statistics.step;
        continue;  // what explodes does not become usual
      }
      state.usual =
          state.observations == 0 ? norm : kUsualWeight * state.usual + (1 - kUsualWeight) * norm;
      ++state.observations;
    }
  }

  void add_findings(std::vector<Finding>& findings) const override {
    const State* worst = nullptr;
    int64_t first_step = 0, last_step = 0;
    for (const State& state : states_) {
      if (!state.found) continue;
      first_step = worst == nullptr ? state.first_step : std::min(first_step, state.first_step);
      last_step = std::max(last_step, state.last_step);
      if (worst == nullptr || state.greatest > worst->greatest) worst = &state;
    }
    if (worst == nullptr) return;
    const std::string& subject = parameters_[static_cast<std::size_t>(worst - states_.data())];
    findings.push_back(
        {"exploding-gradients", Severity::error, subject, first_step, last_step,
         "Gradients explode since step " + std::to_string(first_step) + ": the gradient of " +
             subject + " reaches a norm of " + format_number(worst->greatest) + ".",
         "Lower the learning rate, clip the gradients, use smaller initial weights (Kaiming or "
         "Xavier), or add normalisation layers."});
  }

 private:
  struct State {
    double usual = 0;
    int observations = 0;
    Streak streak;
    bool found = false;
    int64_t first_step = 0, last_step = 0;
    double greatest = 0;
  };

  const ParameterNames parameters_;
  std::vector<State> states_;
};

}  // namespace

std::unique_ptr<Rule> make_exploding_gradients_rule(const ParameterNames& parameters) {
  return std::make_unique<ExplodingGradients>(parameters);
}

}  // namespace suar
