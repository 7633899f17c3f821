#pragma once

#include "script_run.h"

namespace torch::jit {
struct Block;
}

namespace suar::graph_export {

/// Takes away casts of what the code packs itself, such as of an input that may be None.
void drop_casts_of_packed(torch::jit::Block& block);

/// Takes elements of lists, tuples and dictionaries directly where it can be told which they are:
/// of what the code packs itself, of lists of tensors whose length a run told, of such lists put
/// together and of parts of them. Answers what is asked of dictionaries.
void resolve_elements(torch::jit::Block& block, const ScriptRun& run);

}  // namespace suar::graph_export
