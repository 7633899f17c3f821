#include "script_registry.h"

#include <utility>

#include "node_names.h"
#include "packed_layer.h"

namespace suar::graph_export {
namespace {

std::string class_name_of(const torch::jit::Module& module) {
  const auto name = module.type()->name();
  return name ? name->name() : std::string("Module");
}

}  // namespace

ScriptRegistry::ScriptRegistry(const torch::jit::Module& module, const std::string& root_name) {
  add(module, name_part(root_name.empty() ? class_name_of(module) : root_name));
}

void ScriptRegistry::add(const torch::jit::Module& module, const std::string& scope) {
  const std::size_t index = modules_.size();
  modules_.push_back({scope, class_name_of(module)});
  for (const auto& parameter : module.named_parameters(/*recurse=*/false)) {
    if (add_tensor(parameter.value,
                   {scope, parameter.name, true, parameter.value.requires_grad()})) {
      count_tensor(modules_[index], parameter.value, /*is_parameter=*/true);
    }
  }
  for (const auto& attribute : module.named_attributes(/*recurse=*/false)) {
    if (attribute.value.isObject() && !attribute.value.isModule()) {
      add_packed(modules_[index], attribute.value);
    }
    if (!attribute.value.isTensor() || !attribute.value.toTensor().defined()) continue;
    if (add_tensor(attribute.value.toTensor(), {scope, attribute.name})) {
      count_tensor(modules_[index], attribute.value.toTensor(), /*is_parameter=*/false);
    }
  }
  for (const auto& child : module.named_children()) {
    add(child.value, scope + "/" + name_part(child.name));
  }
}

void ScriptRegistry::add_packed(GraphModule& module, const c10::IValue& object) {
  if (!packed_.insert(object.internalToPointer()).second) return;
  const auto layer = unpack_layer(object);
  if (!layer) return;
  module.parameters += layer->elements;
  module.parameter_bytes += layer->bytes;
}

bool ScriptRegistry::add_tensor(const torch::Tensor& tensor, ModelTensor place) {
  if (!indices_.emplace(identity_of(tensor), tensors_.size()).second) return false;
  tensors_.push_back({tensor, std::move(place)});
  return true;
}

std::size_t ScriptRegistry::index_of(const torch::Tensor& tensor, const std::string& name) {
  add_tensor(tensor, {root(), name});
  return indices_.at(identity_of(tensor));
}

ScriptRegistry::Identity ScriptRegistry::identity_of(const torch::Tensor& tensor) {
  const bool has_memory = tensor.layout() == c10::kStrided && tensor.has_storage();
  const void* memory = has_memory && tensor.numel() > 0
                           ? tensor.data_ptr()
                           : static_cast<const void*>(tensor.unsafeGetTensorImpl());
  return {memory, tensor.sizes().vec(), static_cast<int>(tensor.scalar_type())};
}

}  // namespace suar::graph_export
