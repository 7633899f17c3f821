#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include <c10/core/ScalarType.h>

#include <suar/graph.h>

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// "float32"
std::string dtype_name(c10::ScalarType type);

/// The argument's name in the operation's schema ("stride"), or "argument_3" where it has none.
std::string argument_name(const torch::jit::Node& node, std::size_t index);

/// The value of a constant, of a list of constants, or of a constant scalar tensor; empty for None,
/// for other tensors, for a list that some operation changes, and for what is computed.
std::optional<GraphAttribute> constant_attribute(const torch::jit::Value& value);

/// The key of a dictionary, if it is a constant text or number; else empty.
std::string key_name(const torch::jit::Value& key);

/// All arguments of the operation that are constants, by name; of what makes a dictionary, its keys
/// ("keys") and its constants, such as "value.left".
std::map<std::string, GraphAttribute> constant_arguments(const torch::jit::Node& node);

}  // namespace suar::graph_export
