#pragma once

#include <unordered_map>

#include "code_map.h"
#include "tracing.h"

namespace torch::jit {
struct Node;
}

namespace suar::graph_export {

/// Lets `code` look up in the debug information all that ran when the trace was made.
void look_up_calls(const Trace& trace, CodeMap& code);

/// The line of the user's code that ran each operation of the trace: in the innermost function on
/// the call stack that is the user's and of which debug information tells. Needs `look_up_calls`.
std::unordered_map<const torch::jit::Node*, SourceLocation> find_sources(const Trace& trace,
                                                                         CodeMap& code);

}  // namespace suar::graph_export
