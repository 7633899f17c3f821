#pragma once

#include "script_run.h"

namespace torch::jit {
struct Block;
}

namespace suar::graph_export {

/// Takes elements of lists, tuples and dictionaries directly where it can be told which they are:
/// of what the code packs itself, of lists of tensors whose length a run told, and of such lists
/// put together.
void resolve_elements(torch::jit::Block& block, const ScriptRun& run);

}  // namespace suar::graph_export
