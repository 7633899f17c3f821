#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <unordered_set>

#include "progress_report.h"

namespace suar {

/// The sentence that says why, out of the message of an exception. LibTorch appends a backtrace to
/// its first line, and where TorchScript ran puts one of that before the last.
inline std::string reason_in(std::string_view message) {
  const auto has = [&](std::string_view text) {
    return message.substr(0, message.find('\n')).find(text) != std::string_view::npos;
  };
  if (has("in the TorchScript interpreter")) {
    std::string_view traced = message.substr(0, message.find("\nException raised from"));
    while (!traced.empty() && traced.back() == '\n') traced.remove_suffix(1);
    message = traced.substr(traced.rfind('\n') + 1);
  }
  std::string reason(message.substr(0, message.find('\n')));
  if (reason.empty()) return "no reason is known.";
  if (std::string_view(".!?").find(reason.back()) == std::string_view::npos) reason += '.';
  return reason;
}

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
