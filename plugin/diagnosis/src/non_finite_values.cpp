#include <algorithm>
#include <cmath>

#include "rule.h"

namespace suar {
namespace {

/// NaN or infinite numbers in an activation, the loss, a gradient or a weight: the first place and
/// step. Of one step the activations come first, in the order of the forward pass: the loss and
/// the gradients are made of them, and the weights are seen as they are after the step.
class NonFiniteValues : public Rule {
 public:
  explicit NonFiniteValues(const ParameterNames& parameters) : parameters_(parameters) {}

  void observe(const StepStatistics& statistics) override {
    const auto bad_activation =
        std::find_if(statistics.activations.begin(), statistics.activations.end(),
                     [](const auto& activation) { return activation.nonfinite > 0; });
    const bool bad_pass = bad_activation != statistics.activations.end();
    const bool bad_loss = statistics.has_loss && !std::isfinite(statistics.loss);
    std::size_t bad_parameters = 0;
    std::size_t first_bad = 0;
    const char* kind = "gradient";
    for (std::size_t i = statistics.parameters.size(); i-- > 0;) {
      const auto& parameter = statistics.parameters[i];
      const bool bad_weight = parameter.weight_nonfinite > 0;
      if (!bad_weight && !(parameter.gradient_nonfinite > 0)) continue;
      ++bad_parameters;
      first_bad = i;
      kind = bad_weight ? "weights" : "gradient";
    }
    if (!bad_pass && !bad_loss && bad_parameters == 0) return;
    last_step_ = statistics.step;
    if (seen_) return;
    seen_ = true;
    first_step_ = statistics.step;
    subject_ = bad_pass             ? bad_activation->name
               : bad_parameters > 0 ? parameters_[first_bad]
                                    : statistics.loss_tag;
    if (bad_pass) add_place("what passes " + bad_activation->name);
    if (bad_loss) {
      add_place(statistics.loss_tag == kTrainingLossTag ? "the loss" : statistics.loss_tag);
    }
    if (bad_parameters > 0) {
      add_place(std::string("the ") + kind + " of " + parameters_[first_bad]);
      if (bad_parameters > 1) {
        where_ += " and " + std::to_string(bad_parameters - 1) + " more parameters";
      }
    }
  }

  void add_findings(std::vector<Finding>& findings) const override {
    if (!seen_) return;
    findings.push_back(
        {"non-finite-values", Severity::error, subject_, first_step_, last_step_,
         "NaN or infinite values in " + where_ + " since step " + std::to_string(first_step_) + ".",
         "Lower the learning rate, clip the gradients, and look for log(0), 0/0 or sqrt(0) in the "
         "loss and in the input data."});
  }

 private:
  void add_place(const std::string& place) { where_ += (where_.empty() ? "" : " and in ") + place; }

  const ParameterNames parameters_;
  bool seen_ = false;
  int64_t first_step_ = 0, last_step_ = 0;
  std::string subject_, where_;
};

}  // namespace

std::unique_ptr<Rule> make_non_finite_values_rule(const ParameterNames& parameters) {
  return std::make_unique<NonFiniteValues>(parameters);
}

}  // namespace suar
