#include "packed_layer.h"

#include <exception>
#include <string>
#include <vector>

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
  return c10::Symbol::attr("packed_biases");
}

void count(PackedLayer& layer, const torch::Tensor& tensor) {
  layer.elements += tensor.numel();
  layer.bytes += tensor.numel() * static_cast<int64_t>(tensor.element_size());
}

void count_bias(PackedLayer& layer, const c10::IValue& bias) {
  if (!bias.isTensor() || !bias.toTensor().defined()) return;
  count(layer, bias.toTensor());
  ++layer.biases;
}

torch::jit::Function* method_of(const c10::IValue& object, const std::string& name) {
  if (!object.isObject() || !object.isCustomClass()) return nullptr;
  return object.toObjectRef().type()->findMethod(name);
}

/// Weight and bias, which may be None; empty for what is no packed layer.
std::vector<c10::IValue> unpacked(const c10::IValue& object) {
  torch::jit::Function* const unpack = method_of(object, "unpack");
  if (unpack == nullptr) return {};
  const c10::IValue result = (*unpack)({object});
  if (!result.isTuple()) return {};
  const auto& parts = result.toTupleRef().elements();
  if (parts.size() != 2 || !parts[0].isTensor()) return {};
  return {parts[0], parts[1]};
}

/// What LibTorch saves of the weights of a recurrent layer: the kind, tensors, numbers, other
/// numbers, and the two packed layers for the input and for the state.
std::optional<PackedLayer> unpack_cell(const c10::IValue& object) {
  torch::jit::Function* const get_state = method_of(object, "__getstate__");
  if (get_state == nullptr) return std::nullopt;
  c10::IValue state = (*get_state)({object});
  while (state.isTuple() && state.toTupleRef().elements().size() == 1) {
    state = c10::IValue(state.toTupleRef().elements()[0]);
  }
  if (!state.isTuple()) return std::nullopt;
  const std::vector<c10::IValue> parts = state.toTupleRef().elements().vec();
  if (parts.size() != 5 || !parts[1].isTensorList() || !parts[4].isList()) return std::nullopt;
  PackedLayer cell;
  std::vector<c10::IValue> biases;
  for (const c10::IValue& packed : parts[4].toListRef()) {
    const std::vector<c10::IValue> layer = unpacked(packed);
    if (layer.empty() || layer[0].toTensor().dim() != 2) return std::nullopt;
    const torch::Tensor weight = layer[0].toTensor();
    count(cell, weight);
    if (cell.weight.empty()) cell.weight = {weight.size(0), 0};
    cell.weight[1] += weight.size(1);
    biases.push_back(layer[1]);
  }
  if (cell.weight.empty()) return std::nullopt;
  // Where they are saved apart, the packed layers hold them for a second time.
  const std::vector<torch::Tensor> apart = parts[1].toTensorVector();
  if (!apart.empty()) biases.assign(apart.begin(), apart.end());
  for (const c10::IValue& bias : biases) count_bias(cell, bias);
  return cell;
}

}  // namespace

std::optional<PackedLayer> unpack_layer(const c10::IValue& object) {
  try {
    const std::vector<c10::IValue> parts = unpacked(object);
    if (parts.empty()) return unpack_cell(object);
    PackedLayer layer;
    layer.weight = parts[0].toTensor().sizes().vec();
    count(layer, parts[0].toTensor());
    count_bias(layer, parts[1]);
    return layer;
  } catch (const std::exception&) {
    return std::nullopt;  // some kernels drop what they packed
  }
}

void note_packed_layer(torch::jit::Node& get_attribute, const PackedLayer& layer) {
  get_attribute.is_(weight_attribute(), layer.weight);
  get_attribute.i_(bias_attribute(), layer.biases);
}

std::optional<PackedLayer> packed_layer_of(const torch::jit::Value& value) {
  const torch::jit::Node& node = *value.node();
  if (node.hasAttribute(weight_attribute())) {
    PackedLayer layer;
    layer.weight = node.is(weight_attribute());
    layer.biases = node.i(bias_attribute());
    return layer;
  }
  if (node.kind() != c10::prim::Constant) return std::nullopt;
  const auto constant = torch::jit::toIValue(&value);
  return constant ? unpack_layer(*constant) : std::nullopt;
}

}  // namespace suar::graph_export
