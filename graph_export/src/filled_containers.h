#pragma once

namespace torch::jit {
struct Block;
}

namespace suar::graph_export {

/// Packs lists and dictionaries at once that are first filled piece by piece, as a comprehension
/// over a tuple and `found["boxes"] = boxes` do.
void pack_filled(torch::jit::Block& block);

}  // namespace suar::graph_export
