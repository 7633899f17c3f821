#include "script_error.h"

#include <cctype>
#include <cstddef>
#include <string_view>

namespace suar::graph_export {
namespace {

constexpr std::string_view kBegin =
    "The following operation failed in the TorchScript interpreter.\n";

/// "RuntimeError: ", "torch.jit.Error: ": the code before it is never like that.
bool begins_with_class_of_error(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && (std::isalnum(static_cast<unsigned char>(line[end])) != 0 ||
                               line[end] == '_' || line[end] == '.')) {
    ++end;
  }
  return end > 0 && line.substr(end, 2) == ": ";
}

/// Where the line begins that tells the cause: the first one behind the last place in the code.
std::size_t find_cause(std::string_view message) {
  std::size_t begin = message.rfind("<--- HERE");
  if (begin == std::string_view::npos) begin = 0;
  while ((begin = message.find('\n', begin)) != std::string_view::npos) {
    ++begin;
    if (begins_with_class_of_error(message.substr(begin))) return begin;
  }
  return std::string_view::npos;
}

std::string_view without_space_at_end(std::string_view text) {
  const auto last = text.find_last_not_of(" \n");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

std::string hint_for(std::string_view cause) {
  for (const std::string_view type : {"'Half'", "'BFloat16'"}) {
    if (cause.find("not implemented for " + std::string(type)) == std::string_view::npos) continue;
    return ". LibTorch cannot compute this with 16 bits on a CPU: convert the model to float32 "
           "before it is saved (in Python model.float()), and give it float32 inputs";
  }
  return "";
}

}  // namespace

std::string explain_script_error(const std::string& message) {
  const std::string_view whole = message;
  const std::size_t begin = find_cause(whole);
  if (whole.substr(0, kBegin.size()) != kBegin || begin == std::string_view::npos) {
    return message + hint_for(whole);
  }
  std::string_view cause = without_space_at_end(whole.substr(begin));
  constexpr std::string_view kUsual = "RuntimeError: ";
  if (cause.substr(0, kUsual.size()) == kUsual) cause.remove_prefix(kUsual.size());
  std::string_view code = whole.substr(kBegin.size(), begin - kBegin.size());
  if (const auto original = code.find("Traceback of TorchScript, original code");
      original != std::string_view::npos) {
    code.remove_prefix(original);
  }
  std::string text = std::string(cause) + hint_for(cause) + "\n";
  return text.append(without_space_at_end(code));
}

}  // namespace suar::graph_export
