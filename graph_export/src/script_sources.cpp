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

std::optional<SourceLocation> location_of(torch::jit::SourceRange range) {
  if (range.source() == nullptr) return std::nullopt;
  // What is in a file was generated from what somebody wrote.
  if (auto written = range.findSourceRangeThatGenerated()) range = *written;
  const auto place = range.file_line_col();
  if (!place || std::get<0>(*place).empty() || std::get<0>(*place).front() == '<') {
    return std::nullopt;  // "<string>"
  }
  return SourceLocation{std::get<0>(*place), static_cast<int64_t>(std::get<1>(*place))};
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
