#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// The inputs that the operation changes: 0 of "add_" and "append", the last of what has an `out=`.
std::vector<std::size_t> written_inputs(const torch::jit::Node& node);

/// True for operations that change one of their inputs, or an attribute of the model.
bool changes_input(const torch::jit::Node& node);

/// True where an operation changes this list or tensor, no other name of it being looked at.
bool is_ever_changed(const torch::jit::Value& value);

/// The input in whose memory the output lies: that of a view, or of an operation in place. Of what
/// copies only where it must (`reshape`, `contiguous`, `to`), as the tensors say that were seen;
/// where none was seen, it is taken to share.
std::optional<std::size_t> input_shared_by(const torch::jit::Node& node, std::size_t output);

/// True where the output is taken out of a list or dictionary, or is a list of what is: these have
/// its memory.
bool is_element(const torch::jit::Node& node, std::size_t output);

/// The output that is the changed input itself, if there is one.
std::optional<std::size_t> output_of_change(const torch::jit::Node& node, std::size_t input);

}  // namespace suar::graph_export
