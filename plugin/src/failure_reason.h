#pragma once

#include <string>
#include <string_view>

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

}  // namespace suar
