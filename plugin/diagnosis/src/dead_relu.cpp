#include <algorithm>
#include <cmath>
#include <deque>

#include "rule.h"

namespace suar {
namespace {

/// Share of a layer's units. Well above a half: of a layer wider than the task needs, half the
/// units fall silent in trainings that go well.
constexpr double kDeadUnits = 0.8;

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Units that are never active, so that they get no gradient and cannot recover.
///
/// A unit's bias gets a gradient of exactly zero when the unit was inactive for a whole batch: dead
/// units show among a bias's gradients without any activation being seen. A healthy unit may be
/// inactive for one batch too, so `dead_units` counts those that stay so.
class DeadRelu : public Rule {
 public:
  explicit DeadRelu(const ParameterNames& parameters)
      : parameters_(parameters), states_(parameters.size()) {}

  void observe(const StepStatistics& statistics) override {
    if (std::all_of(statistics.parameters.begin(), statistics.parameters.end(),
                    [](const auto& parameter) { return std::isnan(parameter.dead_units); })) {
      return;
    }
    // A unit that is dead now was so at each of these steps.
    steps_.push_back(statistics.step);
    if (steps_.size() > kDeadObservations) steps_.pop_front();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const double dead = statistics.parameters[i].dead_units;
      if (!(dead >= kDeadUnits)) continue;
      State& state = states_[i];
      if (!state.found) state.first_step = steps_.front();
      state.found = true;
      state.last_step = statistics.step;
      state.share = dead;
    }
  }

  void add_findings(std::vector<Finding>& findings) const override {
    // A weight's gradient is zero throughout behind a dead layer too, for want of input: biases
    // tell better. The one nearest to the loss: those before it get no gradient because of it.
    const State* found = nullptr;
    for (const State& state : states_) {
      if (state.found && (is_bias(state) || found == nullptr || !is_bias(*found))) found = &state;
    }
    if (found == nullptr) return;
    const std::string& subject = name_of(*found);
    findings.push_back(
        {"dead-relu", found->share >= 1 ? Severity::error : Severity::warning, subject,
         found->first_step, found->last_step,
         std::to_string(static_cast<int>(std::lround(100 * found->share))) + " % of the units of " +
             subject.substr(0, subject.rfind('.')) + " get no gradient since step " +
             std::to_string(found->first_step) + ": their ReLU is never active.",
         "Lower the learning rate, check the initial biases, or use LeakyReLU, GELU or ELU."});
  }

 private:
  struct State {
    bool found = false;
    int64_t first_step = 0, last_step = 0;
    double share = 0;
  };

  const std::string& name_of(const State& state) const {
    return parameters_[static_cast<std::size_t>(&state - states_.data())];
  }
  bool is_bias(const State& state) const { return ends_with(name_of(state), "bias"); }

  const ParameterNames parameters_;
  std::vector<State> states_;
  std::deque<int64_t> steps_;  ///< of the last observations
};

}  // namespace

std::unique_ptr<Rule> make_dead_relu_rule(const ParameterNames& parameters) {
  return std::make_unique<DeadRelu>(parameters);
}

}  // namespace suar
