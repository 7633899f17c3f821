#include "packed_layer.h"

#include <exception>

#include <ATen/core/class_type.h>
#include <ATen/core/function.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/types.h>

namespace suar::graph_export {
namespace {

c10::Symbol weight_attribute() {
  return c10::Symbol::attr("packed_weight_sizes");
}

c10::Symbol bias_attribute() {
  return c10::Symbol::attr("has_packed_bias");
}

void count(PackedLayer& layer, const torch::Tensor& tensor) {
  layer.elements += tensor.numel();
  layer.bytes += tensor.numel() * static_cast<int64_t>(tensor.element_size());
}

}  // namespace

std::optional<PackedLayer> unpack_layer(const c10::IValue& object) {
  if (!object.isObject() || !object.isCustomClass()) return std::nullopt;
  torch::jit::Function* const unpack = object.toObjectRef().type()->findMethod("unpack");
  if (unpack == nullptr) return std::nullopt;
  try {
    const c10::IValue unpacked = (*unpack)({object});
    if (!unpacked.isTuple()) return std::nullopt;
    const auto& parts = unpacked.toTupleRef().elements();
    if (parts.size() != 2 || !parts[0].isTensor()) return std::nullopt;
    PackedLayer layer;
    layer.weight = parts[0].toTensor().sizes().vec();
    count(layer, parts[0].toTensor());
    layer.has_bias = parts[1].isTensor() && parts[1].toTensor().defined();
    if (layer.has_bias) count(layer, parts[1].toTensor());
    return layer;
  } catch (const std::exception&) {
    return std::nullopt;  // some kernels drop what they packed
  }
}

void note_packed_layer(torch::jit::Node& get_attribute, const PackedLayer& layer) {
  get_attribute.is_(weight_attribute(), layer.weight);
  get_attribute.i_(bias_attribute(), layer.has_bias ? 1 : 0);
}

std::optional<PackedLayer> packed_layer_of(const torch::jit::Value& value) {
  const torch::jit::Node& node = *value.node();
  if (node.hasAttribute(weight_attribute())) {
    PackedLayer layer;
    layer.weight = node.is(weight_attribute());
    layer.has_bias = node.i(bias_attribute()) != 0;
    return layer;
  }
  if (node.kind() != c10::prim::Constant) return std::nullopt;
  const auto constant = torch::jit::toIValue(&value);
  return constant ? unpack_layer(*constant) : std::nullopt;
}

}  // namespace suar::graph_export
