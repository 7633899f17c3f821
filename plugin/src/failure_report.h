#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <unordered_set>

#include "failure_reason.h"
#include "progress_report.h"

namespace suar {

/// Keeps the failures of logging from the training.
class FailureReport {
 public:
  explicit FailureReport(ProgressReport& progress) : progress_(progress) {}

  /// Runs a part of the logging. When it throws, stderr is told that `what` ("log the loss") cannot
  /// be done, once for each `what`.
  template <class Function>
  void attempt(std::string_view what, Function&& function) noexcept {
    try {
      function();
    } catch (const std::exception& error) {
      report(what, error.what());
    } catch (...) {
      report(what, "unknown exception.");
    }
  }

 private:
  void report(std::string_view what, const std::string& why) {
    if (!reported_.emplace(what).second) return;
    progress_.finish();
    std::fprintf(stderr, "suar: cannot %.*s: %s Training goes on.\n", static_cast<int>(what.size()),
                 what.data(), reason_in(why).c_str());
  }

  ProgressReport& progress_;
  std::unordered_set<std::string> reported_;
};

}  // namespace suar
