#pragma once

namespace torch::jit {
struct Node;
}  // namespace torch::jit

namespace suar::graph_export {

/// True for what makes a list or tuple of its inputs.
bool is_construct(const torch::jit::Node& node);

/// True for what makes values of the elements of a list or tuple.
bool is_unpack(const torch::jit::Node& node);

/// True for what only tells the compiler about a type.
bool is_cast(const torch::jit::Node& node);

/// True for what tells of a tensor, a list or any other value only its size, type, place or whether
/// it is there, and takes nothing of its contents.
bool asks_about_value(const torch::jit::Node& node);

/// Notes of a dictionary that it only packs what the model is given.
void mark_as_packed_inputs(torch::jit::Node& dictionary);

/// True for what says nothing to people: the above, constants, ways to attributes, also to set
/// them, and a dictionary that is only returned or that packs inputs.
bool is_plumbing(const torch::jit::Node& node);

}  // namespace suar::graph_export
