#include <algorithm>
#include <string>

#include <suar/cadence.h>
#include <suar/error.h>

namespace suar {

Cadence::Cadence(int64_t steps)
    : kind_(steps == 0 ? Kind::never : Kind::every_n_steps), interval_(steps) {
  if (steps < 0) {
    throw Error("A cadence is a number of steps from 1 up, or 0 for never, but " +
                std::to_string(steps) + " was given.");
  }
}

bool Cadence::is_due(int64_t step, bool first, bool epoch_begins) const {
  switch (kind_) {
    case Kind::never:
      return false;
    case Kind::every_n_steps:
      return step % interval_ == 0;
    case Kind::every_epoch:
      return epoch_begins;
    case Kind::once:
      return first;
    case Kind::at:
      return std::binary_search(steps_.begin(), steps_.end(), step);
  }
  return false;
}

std::string Cadence::describe() const {
  switch (kind_) {
    case Kind::never:
      return "never";
    case Kind::every_n_steps:
      return interval_ == 1 ? "every step" : "every " + std::to_string(interval_) + " steps";
    case Kind::every_epoch:
      return "every epoch";
    case Kind::once:
      return "once";
    case Kind::at:
      break;
  }
  std::string text = "at the steps";
  for (const int64_t step : steps_) {
    text += (step == steps_.front() ? " " : ", ") + std::to_string(step);
  }
  return text;
}

Cadence every_n_steps(int64_t steps) {
  return steps;
}

Cadence every_epoch() {
  return {Cadence::Kind::every_epoch, {}};
}

Cadence once() {
  return {Cadence::Kind::once, {}};
}

Cadence at(std::vector<int64_t> steps) {
  if (steps.empty()) return never();
  std::sort(steps.begin(), steps.end());
  if (steps.front() < 0) {
    throw Error("Steps are counted from 0, but step " + std::to_string(steps.front()) +
                " was asked for.");
  }
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return {Cadence::Kind::at, std::move(steps)};
}

Cadence never() {
  return 0;
}

}  // namespace suar
