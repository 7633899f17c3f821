#pragma once

#include <memory>
#include <string>

namespace torch::jit {
struct Graph;
}

namespace suar::graph_export {

/// Puts the code of functions and methods in place of their calls. Each node gets the scope of the
/// module whose method it comes from, below `root`: "Net/blocks/0". A method other than a forward
/// adds its name, unless that begins with '_'; a function adds nothing. What is run asynchronously
/// (`torch.jit.fork`) is put in line too. What modules return is marked, see returned_values.h.
/// Throws `suar::Error` when the code becomes too large.
///
/// LibTorch's own torch::jit::Inline() keeps of a module's place only the last part of its name,
/// and nothing for what is inside of a branch.
void inline_calls(const std::shared_ptr<torch::jit::Graph>& graph, const std::string& root);

}  // namespace suar::graph_export
