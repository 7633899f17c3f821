#pragma once

#include <cstdint>

#include <suar/callback_options.h>

namespace suar {

/// What is due at a step.
struct Due {
  bool scalars = false;
  bool statistics = false;  ///< of the parameters; then scalars are due too
  bool histograms = false;  ///< of the parameters; then their statistics are due too
  bool system = false;      ///< what the process takes of the machine
  bool images = false;

  bool anything() const { return scalars || system || images; }
};

/// Counts steps and decides, once for each, what is due.
class Schedule {
 public:
  explicit Schedule(const CallbackOptions& options);

  /// The step that is under way.
  int64_t step() const { return step_; }
  const Due& due() const { return due_; }

  /// An epoch begins with the step under way: what is due may become more.
  void begin_epoch();

  /// The step under way is done.
  void advance();

  /// Makes due, at the step under way, all that is recorded of the parameters at any step; also if
  /// an epoch begins with it.
  void make_layers_due();

  /// The last step that was done; the first one before any was.
  int64_t last_step() const { return step_ == first_step_ ? step_ : step_ - 1; }

 private:
  void decide(bool epoch_begins);

  const Cadence scalars_, statistics_, histograms_, system_, images_;
  const int64_t first_step_;
  int64_t step_;
  Due due_;
  bool layers_made_due_ = false;  ///< at the step under way
};

}  // namespace suar
