#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <unordered_set>

#include "progress_report.h"

namespace suar {

/// Keeps the failures of logging from the training.
class FailureReport {
 public:
  explicit FailureReport(ProgressReport& progress) : progress_(progress) {}

  /// Runs a part of the logging. When it throws, stderr is told that `what` ("log the loss") cannot
  /// be done, once for each `what`.
  template <class Function>
  void attempt(const char* what, Function&& function) noexcept {
    try {
      function();
    } catch (const std::exception& error) {
      report(what, error.what());
    } catch (...) {
      report(what, "unknown exception.");
    }
  }

 private:
  void report(const char* what, const std::string& why) {
    if (!reported_.insert(what).second) return;
    progress_.finish();
    // LibTorch appends a backtrace to the first line.
    std::fprintf(stderr, "suar: cannot %s: %s Training goes on.\n", what,
                 why.substr(0, why.find('\n')).c_str());
  }

  ProgressReport& progress_;
  std::unordered_set<std::string> reported_;
};

}  // namespace suar
