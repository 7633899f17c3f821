#include "value_types.h"

#include <algorithm>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"

namespace suar::graph_export {
namespace {

/// A tensor that is not there, or a number, which takes none worth telling.
bool takes_no_memory(const torch::jit::Value& value) {
  switch (value.type()->kind()) {
    case c10::TypeKind::TensorType:
      return value.type()->expectRef<c10::TensorType>().undefined().value_or(false);
    case c10::TypeKind::BoolType:
    case c10::TypeKind::ComplexType:
    case c10::TypeKind::FloatType:
    case c10::TypeKind::IntType:
    case c10::TypeKind::NumberType:
      return true;
    default:
      return false;
  }
}

}  // namespace

c10::TensorTypePtr tensor_type_of(const torch::jit::Value& value) {
  if (value.node()->kind() == c10::prim::Constant) {
    const auto constant = torch::jit::toIValue(&value);
    if (constant && constant->isTensor() && constant->toTensor().defined()) {
      return c10::TensorType::create(constant->toTensor());
    }
  }
  return value.type()->cast<c10::TensorType>();
}

std::optional<GraphShape> shape_of(const torch::jit::Value& value) {
  const c10::TensorTypePtr type = tensor_type_of(value);
  if (type == nullptr) return std::nullopt;
  const c10::SymbolicShape& sizes = type->symbolic_sizes();
  const auto rank = sizes.rank();
  if (!rank) return std::nullopt;
  GraphShape shape(*rank);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] = sizes[i].is_static() ? sizes[i].static_size() : -1;
  }
  return shape;
}

std::optional<c10::ScalarType> scalar_type_of(const torch::jit::Value& value) {
  const c10::TensorTypePtr type = tensor_type_of(value);
  if (type == nullptr || !type->scalarType()) return std::nullopt;
  return *type->scalarType();
}

std::string device_of(const std::vector<c10::TensorTypePtr>& types) {
  for (const c10::TensorTypePtr& type : types) {
    if (type == nullptr || !type->device()) continue;
    const c10::Device device = *type->device();
    const std::string name = device.is_cuda() ? "GPU" : c10::DeviceTypeName(device.type());
    return "/device:" + name + ":" + std::to_string(std::max<int>(device.index(), 0));
  }
  return {};
}

std::optional<int64_t> element_count(const GraphShape& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (size < 0) return std::nullopt;
    count *= size;
  }
  return count;
}

std::optional<int64_t> bytes_of(const torch::jit::Value& value) {
  const auto shape = shape_of(value);
  const auto type = scalar_type_of(value);
  const auto count = shape ? element_count(*shape) : std::nullopt;
  if (!count || !type) return std::nullopt;
  return *count * static_cast<int64_t>(c10::elementSize(*type));
}

std::optional<int64_t> output_bytes(const torch::jit::Node& node,
                                    const std::vector<const torch::jit::Value*>& outputs) {
  // The elements of a list are together its first output.
  const bool is_list = node.outputs().size() == 1;
  int64_t bytes = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const torch::jit::Value* output = outputs[i];
    const std::size_t index = is_list ? 0 : i;
    if (takes_no_memory(*output) || input_shared_by(node, index) || is_element(node, index))
      continue;
    const auto of_output = bytes_of(*output);
    if (!of_output) return std::nullopt;
    bytes += *of_output;
  }
  return bytes;
}

}  // namespace suar::graph_export
