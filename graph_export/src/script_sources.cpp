#include "script_sources.h"

#include <string>
#include <tuple>

#include <torch/csrc/jit/ir/ir.h>

namespace suar::graph_export {
namespace {

/// In an installation of PyTorch, or in the code that a file holds of it.
bool is_of_torch(const std::string& file) {
  return file.find("-packages/torch/") != std::string::npos ||
         file.find("__torch__/torch/") != std::string::npos;
}

/// "/home/ada/net.py(7): forward"
std::optional<SourceLocation> traced_call(const std::string& text) {
  const auto close = text.find("): ");
  const auto open = close == std::string::npos ? close : text.rfind('(', close);
  if (open == std::string::npos) return std::nullopt;
  const std::string line = text.substr(open + 1, close - open - 1);
  const bool is_number = !line.empty() && line.size() < 10 &&
                         line.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) return std::nullopt;
  return SourceLocation{text.substr(0, open), std::stoll(line)};
}

/// Not for "<stdin>" or "<string>".
bool is_name_of_file(const std::string& name) {
  return !name.empty() && name.front() != '<';
}

/// What was traced in Python has its call stack for a source text, the innermost call first. What
/// calls code that is in no file is the interpreter.
std::optional<SourceLocation> traced_user(const torch::jit::Source& stack) {
  for (std::size_t i = 0; i < stack.num_lines(); ++i) {
    auto call = traced_call(stack.get_line(i).str());
    if (!call || !is_name_of_file(call->file)) return std::nullopt;
    if (!is_of_torch(call->file)) return call;
  }
  return std::nullopt;
}

std::optional<SourceLocation> location_of(torch::jit::SourceRange range) {
  if (range.source() == nullptr) return std::nullopt;
  // What is in a file was generated from what somebody wrote.
  if (auto written = range.findSourceRangeThatGenerated()) range = *written;
  const auto place = range.file_line_col();
  if (!place || !is_name_of_file(std::get<0>(*place))) return std::nullopt;
  const SourceLocation own = {std::get<0>(*place), static_cast<int64_t>(std::get<1>(*place))};
  return is_of_torch(own.file) ? traced_user(*range.source()).value_or(own) : own;
}

}  // namespace

std::optional<SourceLocation> script_source(const torch::jit::Node& node) {
  return location_of(node.sourceRange());
}

void take_source_of_call(torch::jit::Node& node, const torch::jit::SourceRange& call) {
  if (!location_of(call)) return;
  const auto own = location_of(node.sourceRange());
  if (!own || is_of_torch(own->file)) node.setSourceRange(call);
  for (torch::jit::Block* block : node.blocks()) {
    for (torch::jit::Node* inner : block->nodes()) take_source_of_call(*inner, call);
  }
}

}  // namespace suar::graph_export
