#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace suar {

/// When something is recorded: a setting of `CallbackOptions`.
///
///     options.scalar_every(10);                           // steps
///     options.histogram_every(suar::at({0, 1, 10, 100}));
///
/// Asking costs some nanoseconds. No call blocks.
class Cadence {
 public:
  /// The steps 0, `steps`, 2 `steps`, ...; 0 is never. Throws `suar::Error` when negative.
  /* implicit */ Cadence(int64_t steps);  // NOLINT

  /// Whether `step` is due. `first` tells that it is the first one that this program trains,
  /// `epoch_begins` that it is the first one of its epoch.
  bool is_due(int64_t step, bool first, bool epoch_begins) const;

  /// "every step", "every 10 steps", "every epoch", "once", "at the steps 0, 10, 100", "never".
  std::string describe() const;

  bool is_never() const { return kind_ == Kind::never; }

  /// True for `every_epoch()`: what belongs to a whole epoch is due at its end.
  bool is_every_epoch() const { return kind_ == Kind::every_epoch; }

 private:
  enum class Kind { never, every_n_steps, every_epoch, once, at };
  Cadence(Kind kind, std::vector<int64_t> steps) : kind_(kind), steps_(std::move(steps)) {}

  friend Cadence every_epoch();
  friend Cadence once();
  friend Cadence at(std::vector<int64_t> steps);

  Kind kind_;
  int64_t interval_ = 0;
  std::vector<int64_t> steps_;  ///< ascending, each once
};

/// The steps 0, `steps`, 2 `steps`, ...; 0 is never. Throws `suar::Error` when negative.
Cadence every_n_steps(int64_t steps);

/// Once an epoch: values of a step at the first step of each, sample images at its end.
Cadence every_epoch();

/// The first step that this program trains.
Cadence once();

/// These steps, in any order; no step is never. Throws `suar::Error` when one is negative.
Cadence at(std::vector<int64_t> steps);

/// No step.
Cadence never();

}  // namespace suar
