#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/ivalue.h>

#include <suar/graph.h>

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// The weight and bias of a quantized layer, which it keeps packed in an object of its own. Those
/// of a recurrent one, which it keeps for each direction of each layer, count as one layer: the
/// weights for the input and for the state side by side, [gates, input + state].
struct PackedLayer {
  GraphShape weight;     ///< its shape, as that of a layer that is not quantized
  int64_t biases = 0;    ///< how many: 0 or 1, of a recurrent layer 0 or 2
  int64_t elements = 0;  ///< of all
  int64_t bytes = 0;     ///< of all, unpacked
};

/// Empty for what is no such object, or does not give its contents away any more.
std::optional<PackedLayer> unpack_layer(const c10::IValue& object);

/// Notes in a node that takes a packed layer out of a module what the layer is.
void note_packed_layer(torch::jit::Node& get_attribute, const PackedLayer& layer);

/// What was noted of the value, or what it is where it is a constant. Empty for others; elements
/// and bytes are not told of what was noted.
std::optional<PackedLayer> packed_layer_of(const torch::jit::Value& value);

}  // namespace suar::graph_export
