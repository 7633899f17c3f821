#pragma once

#include <string>
#include <vector>

#include <suar/callback_options.h>
#include <suar/event.h>

namespace suar {

/// What is to be known of a run as a whole: its hyper-parameters, how it ended, and notes.
class RunNotes {
 public:
  explicit RunNotes(const CallbackOptions& options)
      : parameters_(options.hyper_parameters()), notes_(options.notes()) {}

  /// For the begin of the run.
  std::vector<Summary> begin() const;

  /// For its end.
  std::vector<Summary> end(SessionStatus status) const;

 private:
  const HyperParameters parameters_;
  const std::string notes_;
};

}  // namespace suar
