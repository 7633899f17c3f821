#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <suar/diagnosis.h>

namespace suar {

/// Watches for one kind of trouble in one model. A rule keeps what it needs to know of the past
/// itself, in memory that does not grow with the number of steps.
class Rule {
 public:
  virtual ~Rule() = default;
  /// Takes in the statistics of one model; `parameters` has an element for each of its own.
  virtual void observe(const StepStatistics& statistics) = 0;
  virtual void add_findings(std::vector<Finding>& findings) const = 0;
};

using ParameterNames = std::vector<std::string>;

// Each in the file of its name. The thresholds and where they come from are in RULES.md.
std::unique_ptr<Rule> make_non_finite_values_rule(const ParameterNames& parameters);
std::unique_ptr<Rule> make_exploding_gradients_rule(const ParameterNames& parameters);
std::unique_ptr<Rule> make_vanishing_gradients_rule(const ParameterNames& parameters);
std::unique_ptr<Rule> make_dead_relu_rule(const ParameterNames& parameters);
std::unique_ptr<Rule> make_unused_layer_rule(const ParameterNames& parameters);

/// How long a condition has held without a break.
class Streak {
 public:
  void observe(int64_t step, bool holds) {
    if (!holds) {
      length_ = 0;
      return;
    }
    if (length_++ == 0) first_step_ = step;
    last_step_ = step;
  }

  int length() const { return length_; }
  int64_t first_step() const { return first_step_; }
  int64_t last_step() const { return last_step_; }

 private:
  int length_ = 0;
  int64_t first_step_ = 0;
  int64_t last_step_ = 0;
};

/// The observations that `ParameterStatistics::dead_units` counts.
class UnitObservations {
 public:
  /// False when nothing of any unit was measured, which is no observation.
  bool observe(const StepStatistics& statistics) {
    const auto& parameters = statistics.parameters;
    if (std::all_of(parameters.begin(), parameters.end(),
                    [](const auto& parameter) { return std::isnan(parameter.dead_units); })) {
      return false;
    }
    steps_.push_back(statistics.step);
    if (steps_.size() > kDeadObservations) steps_.pop_front();
    return true;
  }

  /// Since when a unit has been silent that is dead now, at least.
  int64_t first_step() const { return steps_.front(); }

 private:
  std::deque<int64_t> steps_;
};

/// A number for a message: "3.2e-08", "0.25".
std::string format_number(double value);

}  // namespace suar
