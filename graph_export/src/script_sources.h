#pragma once

#include <optional>

#include "source_location.h"

namespace torch::jit {
struct Node;
struct SourceRange;
}  // namespace torch::jit

namespace suar::graph_export {

/// The line of Python that a node comes from. Empty where no file is known.
std::optional<SourceLocation> script_source(const torch::jit::Node& node);

/// Gives a node, and those in its blocks, that come from LibTorch's own code in Python the place of
/// the call that they were inlined for, if that is known.
void take_source_of_call(torch::jit::Node& node, const torch::jit::SourceRange& call);

}  // namespace suar::graph_export
