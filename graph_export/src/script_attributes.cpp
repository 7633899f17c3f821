#include "script_attributes.h"

#include <algorithm>
#include <unordered_set>

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"
#include "packed_layer.h"

namespace suar::graph_export {

std::optional<AttributePath> attribute_path(const torch::jit::Value& value) {
  AttributePath path;
  const torch::jit::Value* object = &value;
  while (object->node()->kind() == c10::prim::GetAttr) {
    path.push_back(object->node()->s(c10::attr::name));
    object = object->node()->input();
  }
  const torch::jit::Graph& graph = *value.owningGraph();
  if (graph.inputs().empty() || object != graph.inputs()[0]) return std::nullopt;
  std::reverse(path.begin(), path.end());
  return path;
}

std::optional<c10::IValue> attribute_at(const torch::jit::Module& module,
                                        const AttributePath& path) {
  c10::IValue value = module._ivalue();
  for (const std::string& name : path) {
    if (!value.isObject()) return std::nullopt;
    const auto object = value.toObject();
    if (!object->type()->findAttributeSlot(name)) return std::nullopt;
    value = object->getAttr(name);
  }
  return value;
}

void for_each_node(torch::jit::Block& block, const std::function<void(torch::jit::Node*)>& visit) {
  for (auto position = block.nodes().begin(); position != block.nodes().end();) {
    torch::jit::Node* node = *position;
    ++position;
    for (torch::jit::Block* inner : node->blocks()) for_each_node(*inner, visit);
    visit(node);
  }
}

namespace {

/// Answers where the code asks whether the tensor is None.
void fold_none_checks(torch::jit::Value& tensor) {
  const std::vector<torch::jit::Use> uses = tensor.uses();
  for (const torch::jit::Use& use : uses) {
    torch::jit::Node& check = *use.user;
    const bool asks_for_none = check.kind() == c10::aten::__is__;
    if (!asks_for_none && check.kind() != c10::aten::__isnot__) continue;
    if (check.input(1)->type()->kind() != c10::TypeKind::NoneType) continue;
    const torch::jit::WithInsertPoint before(&check);
    check.output()->replaceAllUsesWith(check.owningGraph()->insertConstant(!asks_for_none));
  }
}

}  // namespace

void fold_attributes(torch::jit::Block& block, const torch::jit::Module& module) {
  std::unordered_set<std::string> set_by_code;
  for_each_node(block, [&](const torch::jit::Node* node) {
    if (node->kind() == c10::prim::SetAttr) set_by_code.insert(node->s(c10::attr::name));
    for (const std::size_t written : written_inputs(*node)) {
      const torch::jit::Node& source = *node->input(written)->node();
      if (source.kind() == c10::prim::GetAttr) set_by_code.insert(source.s(c10::attr::name));
    }
  });
  for_each_node(block, [&](torch::jit::Node* node) {
    if (node->kind() != c10::prim::GetAttr) return;
    const std::string& name = node->s(c10::attr::name);
    if (set_by_code.count(name) != 0) return;
    const auto path = attribute_path(*node->output());
    auto value = path ? attribute_at(module, *path) : std::nullopt;
    if (value && value->isTensor() && value->toTensor().defined()) {
      fold_none_checks(*node->output());
    }
    if (!value || value->isTensor() || value->isTensorList()) return;
    if (value->isObject()) {
      if (const auto layer = unpack_layer(*value)) note_packed_layer(*node, *layer);
      return;
    }
    if (name == "training" && value->isBool()) value = c10::IValue(false);
    const torch::jit::WithInsertPoint before(node);
    const auto constant = torch::jit::tryInsertConstant(*node->owningGraph(), *value);
    if (constant) node->output()->replaceAllUsesWith(*constant);
  });
}

}  // namespace suar::graph_export
