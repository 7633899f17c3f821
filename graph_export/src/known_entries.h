#pragma once

#include <ATen/core/ivalue.h>

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// True for a dictionary that the code packs itself.
bool is_dictionary(const torch::jit::Value& value);

/// What lies in the dictionary under the key; null where that cannot be told, because it changes or
/// has other keys that are not known.
torch::jit::Value* entry_of(torch::jit::Value& dictionary, const c10::IValue& key);

/// Answers what the node asks of a dictionary: `get`, `in`, `keys`, `values` and `items`, where
/// that can be told.
void resolve_question(torch::jit::Node& question);

}  // namespace suar::graph_export
