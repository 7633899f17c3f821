#pragma once

namespace torch::jit {
struct Block;
}

namespace suar::graph_export {

/// Takes away the numbers that branches and loops hand on only for the code to decide by them which
/// way it goes, as the compiler makes them of `break`, `return` in a loop and `and`. What decides
/// by such a number then takes what that follows from. The code cannot run any more afterwards: it
/// is to be shown.
void dissolve_control_numbers(torch::jit::Block& block);

}  // namespace suar::graph_export
