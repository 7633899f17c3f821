#include "value_types.h"

#include <algorithm>
#include <string_view>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "attributes.h"

namespace suar::graph_export {
namespace {

c10::TensorTypePtr tensor_type_of(const torch::jit::Value& value) {
  if (value.node()->kind() == c10::prim::Constant) {
    const auto constant = torch::jit::toIValue(&value);
    if (constant && constant->isTensor() && constant->toTensor().defined()) {
      return c10::TensorType::create(constant->toTensor());
    }
  }
  return value.type()->cast<c10::TensorType>();
}

/// It hands its input on.
bool is_idle_dropout(const torch::jit::Node& node) {
  if (std::string_view(node.kind().toUnqualString()).find("dropout") == std::string_view::npos) {
    return false;
  }
  const auto trains =
      node.inputs().empty() ? std::nullopt : constant_attribute(*node.inputs().back());
  return trains && *trains == GraphAttribute(false);
}

bool shares_memory_of_input(const torch::jit::Node& node) {
  if (is_idle_dropout(node)) return true;
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr || schema->returns().empty()) return false;
  const auto* alias = schema->returns().front().alias_info();
  if (alias == nullptr) return false;
  // `to` and `contiguous` give back their input, if it is of the asked kind already.
  const auto before = scalar_type_of(*node.input(0));
  const auto after = scalar_type_of(*node.output(0));
  return alias->isWrite() || !before || !after || *before == *after;
}

}  // namespace

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

std::string device_of(const std::vector<const torch::jit::Value*>& values) {
  for (const torch::jit::Value* value : values) {
    const c10::TensorTypePtr type = tensor_type_of(*value);
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

std::optional<int64_t> output_bytes(const torch::jit::Node& node,
                                    const std::vector<const torch::jit::Value*>& outputs) {
  if (shares_memory_of_input(node)) return 0;
  int64_t bytes = 0;
  for (const torch::jit::Value* output : outputs) {
    const auto shape = shape_of(*output);
    const auto type = scalar_type_of(*output);
    const auto count = shape ? element_count(*shape) : std::nullopt;
    if (!count || !type) return std::nullopt;
    bytes += *count * static_cast<int64_t>(c10::elementSize(*type));
  }
  return bytes;
}

}  // namespace suar::graph_export
