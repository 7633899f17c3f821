#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "layer_use.h"
#include "rule.h"

namespace suar {
namespace {

/// Layers that get no gradient at all while others do, and that nothing shows to be dead.
class UnusedLayer : public Rule {
 public:
  explicit UnusedLayer(const ParameterNames& parameters)
      : parameters_(parameters), use_(parameters) {}

  void observe(const StepStatistics& statistics) override {
    if (!observations_.observe(statistics)) return;
    const std::vector<bool> unused = use_.find_unused(statistics.parameters);
    for (std::size_t i = 0; i < unused.size(); ++i) {
      if (!unused[i]) continue;
      if (layers_.empty()) first_step_ = observations_.first_step();
      if (layers_.empty() || i < subject_) subject_ = i;
      layers_.insert(layer_of(parameters_[i]));
      last_step_ = statistics.step;
    }
  }

  void add_findings(std::vector<Finding>& findings) const override {
    if (layers_.empty()) return;
    const std::size_t others = layers_.size() - 1;
    std::string layers = layer_of(parameters_[subject_]);
    if (others > 0) {
      layers += " and " + std::to_string(others) + (others > 1 ? " more layers" : " more layer");
    }
    findings.push_back(
        {"unused-layer", Severity::warning, parameters_[subject_], first_step_, last_step_,
         layers + " got no gradient on the steps that were looked at since step " +
             std::to_string(first_step_) + ", as others did: " +
             (others > 0 ? "they were not used there, or all of their units are dead."
                         : "it was not used there, or all of its units are dead."),
         "If the loop uses it on other steps only, choose cadences that meet those; else see "
         "whether what it returns reaches the loss."});
  }

 private:
  const ParameterNames parameters_;
  const LayerUse use_;
  UnitObservations observations_;
  std::set<std::string> layers_;  ///< found unused, at any step
  std::size_t subject_ = 0;       ///< the first parameter of these
  int64_t first_step_ = 0, last_step_ = 0;
};

}  // namespace

std::unique_ptr<Rule> make_unused_layer_rule(const ParameterNames& parameters) {
  return std::make_unique<UnusedLayer>(parameters);
}

}  // namespace suar
