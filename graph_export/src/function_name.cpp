#include "function_name.h"

#include <cstddef>
#include <string_view>

namespace suar::graph_export {
namespace {

bool starts_with_at(std::string_view text, std::size_t position, std::string_view prefix) {
  return text.substr(position, prefix.size()) == prefix;
}

/// Position behind the bracket that closes the one at `open`, or the end.
std::size_t skip_brackets(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '<' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '>' || c == '}' || c == ']') {
      const bool arrow = c == '>' && text[i - 1] == '-';
      if (!arrow && --depth == 0) return i + 1;
    }
  }
  return text.size();
}

constexpr std::string_view kAnonymous = "(anonymous namespace)";
constexpr std::string_view kCallOperator = "operator()";
constexpr std::string_view kDeducedType = "decltype";

}  // namespace

FunctionName parse_function_name(const std::string& demangled) {
  const std::string_view text = demangled;
  std::size_t begin = 0;                                // behind the return type
  std::size_t end = text.size();                        // before the argument list
  std::size_t last_separator = std::string_view::npos;  // the last "::" outside of brackets
  std::size_t i = 0;
  while (i < text.size()) {
    if (starts_with_at(text, i, kAnonymous)) {
      i += kAnonymous.size();
    } else if (starts_with_at(text, i, kCallOperator)) {
      i += kCallOperator.size();
    } else if (i == begin && starts_with_at(text, i, kDeducedType) &&
               (starts_with_at(text, i + kDeducedType.size(), " (") ||
                starts_with_at(text, i + kDeducedType.size(), "("))) {
      i = skip_brackets(text, text.find('(', i));
    } else if (text[i] == '(') {
      // Either the argument list, or that of a function in which a local class is declared.
      std::size_t behind = skip_brackets(text, i);
      if (starts_with_at(text, behind, " const::")) behind += 6;
      if (!starts_with_at(text, behind, "::")) {
        end = i;
        break;
      }
      i = behind;
    } else if (text[i] == '<' || text[i] == '{' || text[i] == '[') {
      i = skip_brackets(text, i);
    } else if (starts_with_at(text, i, "::")) {
      last_separator = i;
      i += 2;
    } else {
      if (text[i] == ' ') {
        begin = i + 1;
        last_separator = std::string_view::npos;
      }
      ++i;
    }
  }

  FunctionName result;
  std::size_t function = begin;
  if (last_separator != std::string_view::npos) {
    result.class_name = text.substr(begin, last_separator - begin);
    function = last_separator + 2;
  }
  result.function_name = text.substr(function, end - function);
  if (const auto arguments = result.function_name.find('<'); arguments != std::string::npos) {
    result.function_name.erase(arguments);
  }

  constexpr std::string_view kHolder = "torch::nn::AnyModuleHolder<";
  if (starts_with_at(result.class_name, 0, kHolder)) {
    const std::string_view arguments = std::string_view(result.class_name).substr(kHolder.size());
    std::size_t comma = 0;
    while (comma < arguments.size() && arguments[comma] != ',' && arguments[comma] != '>') {
      const bool opens = arguments[comma] == '<' || arguments[comma] == '(';
      comma = opens ? skip_brackets(arguments, comma) : comma + 1;
    }
    result.class_name = std::string(arguments.substr(0, comma));
    while (!result.class_name.empty() && result.class_name.back() == ' ') {
      result.class_name.pop_back();
    }
    result.calls_through_any_module = true;
  }
  return result;
}

bool is_of_library(const FunctionName& name) {
  if (name.calls_through_any_module) return true;
  const std::string_view outermost =
      std::string_view(name.class_name).substr(0, name.class_name.find("::"));
  for (const char* const library : {"torch", "at", "c10", "caffe2", "std", "__gnu_cxx", "suar"}) {
    if (outermost == library) return true;
  }
  return false;
}

}  // namespace suar::graph_export
