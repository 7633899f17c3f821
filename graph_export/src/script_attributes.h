#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/ivalue.h>

namespace torch::jit {
struct Block;
struct Module;
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// Names of attributes from the module itself down: {"blocks", "0", "weight"}; empty for the
/// module.
using AttributePath = std::vector<std::string>;

/// Where in the module a value was taken from, for what was reached by attributes alone.
std::optional<AttributePath> attribute_path(const torch::jit::Value& value);

/// What lies there in the module.
std::optional<c10::IValue> attribute_at(const torch::jit::Module& module,
                                        const AttributePath& path);

/// Calls `visit` for all nodes of a block and of the blocks inside of it, also when `visit`
/// destroys the node or puts others before it.
void for_each_node(torch::jit::Block& block, const std::function<void(torch::jit::Node*)>& visit);

/// Puts constants in place of attributes that are no tensors, such as sizes and flags, unless the
/// code sets or changes them, and of checks whether one that is a tensor is None. "training"
/// becomes false, whatever it is. Of packed layers of quantized models it is noted what they are,
/// see packed_layer.h.
void fold_attributes(torch::jit::Block& block, const torch::jit::Module& module);

}  // namespace suar::graph_export
