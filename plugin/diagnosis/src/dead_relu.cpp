#include <algorithm>
#include <cmath>
#include <utility>

#include "layer_use.h"
#include "rule.h"

namespace suar {
namespace {

/// Share of a layer's units. Well above a half: of a layer wider than the task needs, half the
/// units fall silent in trainings that go well.
constexpr double kDeadUnits = 0.8;

/// Share of zeros in an activation. Few units of a healthy layer are active for one sample, but
/// more than these.
constexpr double kSilentShare = 0.99;

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// What is known of a place that is silent.
struct Silence {
  bool found = false;
  int64_t first_step = 0, last_step = 0;
  double share = 0;

  void observe(int64_t first, int64_t last, double new_share) {
    if (!found) first_step = first;
    found = true;
    last_step = last;
    share = new_share;
  }
};

/// Units that are never active, so that they get no gradient and cannot recover.
///
/// They show in two ways, which make one finding. Where `suar::watch` sees the activation, it is
/// all zeros. And a unit's bias gets a gradient of exactly zero when the unit was inactive for a
/// whole batch: so dead units show without any activation being seen. A healthy unit may be
/// inactive for one batch too, so `dead_units` counts those that stay so. Layers that seem unused
/// are not judged by that: see unused_layer.cpp.
class DeadRelu : public Rule {
 public:
  explicit DeadRelu(const ParameterNames& parameters)
      : parameters_(parameters), use_(parameters), units_(parameters.size()) {}

  void observe(const StepStatistics& statistics) override {
    observe_units(statistics);
    for (const ActivationStatistics& activation : statistics.activations) {
      if (std::isnan(activation.zeros)) continue;
      Place& place = place_of(activation.name);
      place.streak.observe(statistics.step, activation.zeros >= kSilentShare);
      if (place.streak.length() < kDeadObservations) continue;
      place.silence.observe(place.streak.first_step(), statistics.step, activation.zeros);
    }
  }

  void add_findings(std::vector<Finding>& findings) const override {
    const Silence* const units = silent_units();
    const Place* const place = silent_place();
    if (units == nullptr && place == nullptr) return;
    Finding finding;
    finding.rule = "dead-relu";
    finding.subject = units != nullptr ? name_of(*units) : place->name;
    const Silence& first = place != nullptr ? place->silence : *units;
    const Silence& second = units != nullptr ? *units : first;
    finding.severity =
        std::max(first.share, second.share) >= 1 ? Severity::error : Severity::warning;
    finding.first_step = std::min(first.first_step, second.first_step);
    finding.last_step = std::max(first.last_step, second.last_step);
    const std::string since = " since step " + std::to_string(finding.first_step);
    const bool all = units != nullptr && all_silent_;
    if (place == nullptr) {
      finding.message = describe(*units) + since +
                        (all ? ", nor does any other parameter." : ": their ReLU is never active.");
    } else {
      finding.message = describe(*place) + since + ": its units are never active" +
                        (units != nullptr ? ", and " + describe(*units) : "") + ".";
    }
    finding.advice = all ? "Call on_after_backward() if the gradients are zeroed before "
                           "on_batch_end(); else check that the loss depends on the output."
                         : "Lower the learning rate, check the initial biases, or use LeakyReLU, "
                           "GELU or ELU.";
    findings.push_back(std::move(finding));
  }

 private:
  /// What passes `suar::watch` under one name.
  struct Place {
    std::string name;
    Streak streak;
    Silence silence;
  };

  void observe_units(const StepStatistics& statistics) {
    if (!observations_.observe(statistics)) return;
    all_silent_ = std::all_of(statistics.parameters.begin(), statistics.parameters.end(),
                              [](const auto& parameter) { return !(parameter.dead_units < 1); });
    const std::vector<bool> unused = use_.find_unused(statistics.parameters);
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const double dead = statistics.parameters[i].dead_units;
      if (!(dead >= kDeadUnits) || unused[i]) continue;
      units_[i].observe(observations_.first_step(), statistics.step, dead);
    }
  }

  /// Names come in the order of the forward pass.
  Place& place_of(const std::string& name) {
    const auto found = std::find_if(places_.begin(), places_.end(),
                                    [&](const Place& place) { return place.name == name; });
    if (found != places_.end()) return *found;
    places_.push_back({name, {}, {}});
    return places_.back();
  }

  /// The first one: what is silent behind it may be so because of it.
  const Place* silent_place() const {
    const auto found = std::find_if(places_.begin(), places_.end(),
                                    [](const Place& place) { return place.silence.found; });
    return found == places_.end() ? nullptr : &*found;
  }

  /// A weight's gradient is zero throughout behind a dead layer too, for want of input: biases tell
  /// better. The one nearest to the loss: those before it get no gradient because of it.
  const Silence* silent_units() const {
    const Silence* found = nullptr;
    for (const Silence& units : units_) {
      if (units.found && (is_bias(units) || found == nullptr || !is_bias(*found))) found = &units;
    }
    return found;
  }

  const std::string& name_of(const Silence& units) const {
    return parameters_[static_cast<std::size_t>(&units - units_.data())];
  }
  bool is_bias(const Silence& units) const { return ends_with(name_of(units), "bias"); }

  std::string describe(const Silence& units) const {
    return std::to_string(std::lround(100 * units.share)) + " % of the units of " +
           layer_of(name_of(units)) + " get no gradient";
  }
  static std::string describe(const Place& place) {
    return (place.silence.share >= 1 ? "All" : "More than 99 %") + std::string(" of what passes ") +
           place.name + " is zero";
  }

  const ParameterNames parameters_;
  const LayerUse use_;
  std::vector<Silence> units_;  ///< of each parameter
  UnitObservations observations_;
  bool all_silent_ = false;    ///< at the last one, what was measured of any
  std::vector<Place> places_;  ///< in the order of the forward pass
};

}  // namespace

std::unique_ptr<Rule> make_dead_relu_rule(const ParameterNames& parameters) {
  return std::make_unique<DeadRelu>(parameters);
}

}  // namespace suar
