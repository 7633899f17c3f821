#pragma once

namespace torch::jit {
struct Block;
}

namespace suar::graph_export {

/// Takes results of a branch directly from where they come, if they do not depend on its condition:
/// both sides return the same value, or only one of them has any. The compiler makes branches with
/// such results of `break`, `continue` and `return`: the side that leaves has nothing for the code
/// behind it, and the other one nothing for what it leaves to. The code cannot run any more
/// afterwards: it is to be shown.
void take_unconditional_results(torch::jit::Block& block);

}  // namespace suar::graph_export
