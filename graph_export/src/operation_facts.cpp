#include "operation_facts.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include <torch/csrc/jit/ir/ir.h>

#include "attributes.h"
#include "cost_model.h"
#include "memory_sharing.h"
#include "plumbing.h"
#include "value_types.h"

namespace suar::graph_export {
namespace {

using JitNode = torch::jit::Node;
using JitValue = torch::jit::Value;

/// True for numbers and texts, and lists of them.
bool is_number(const JitValue& value) {
  const c10::Type* type = value.type().get();
  if (type->kind() == c10::TypeKind::ListType) type = type->containedType(0).get();
  switch (type->kind()) {
    case c10::TypeKind::IntType:
    case c10::TypeKind::FloatType:
    case c10::TypeKind::BoolType:
    case c10::TypeKind::NumberType:
    case c10::TypeKind::StringType:
    case c10::TypeKind::NoneType:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<const JitValue*> elements_of_outputs(const JitNode& node) {
  if (node.outputs().size() == 1) {
    for (const auto& use : node.output()->uses()) {
      if (!is_unpack(*use.user)) continue;
      const auto elements = use.user->outputs();
      return {elements.begin(), elements.end()};
    }
  }
  const auto outputs = node.outputs();
  return {outputs.begin(), outputs.end()};
}

bool only_counts(const JitNode& node, const std::vector<const JitValue*>& outputs) {
  const bool sets_tensor = node.kind() == c10::prim::SetAttr && !is_number(*node.input(1));
  const auto written = written_inputs(node);
  return !sets_tensor && std::all_of(outputs.begin(), outputs.end(), [](const JitValue* output) {
    return is_number(*output);
  }) && std::all_of(written.begin(), written.end(), [&](std::size_t input) {
    return is_number(*node.input(input));
  });
}

std::optional<GraphAttribute> dtypes_of(const std::vector<const JitValue*>& values) {
  std::vector<std::optional<c10::ScalarType>> types;
  for (const JitValue* value : values) types.push_back(scalar_type_of(*value));
  const bool are_equal =
      std::adjacent_find(types.begin(), types.end(), std::not_equal_to<>()) == types.end();
  if (are_equal) {
    if (types.empty() || !types.front()) return std::nullopt;
    return dtype_name(*types.front());
  }
  std::vector<std::string> names;
  for (const auto& type : types) names.push_back(type ? dtype_name(*type) : "?");
  return names;
}

void describe_operation(const ModelRecord& model, const JitNode& operation,
                        const std::vector<const JitValue*>& outputs, GraphNode& node) {
  int64_t times = 1;
  if (const auto executions = model.executions.find(&operation);
      executions != model.executions.end()) {
    times = executions->second;
    node.attributes["executions"] = times;
  }
  if (auto dtype = dtypes_of(outputs)) node.attributes["dtype"] = std::move(*dtype);
  if (const auto bytes = output_bytes(operation, outputs)) {
    node.attributes["activation_bytes"] = *bytes * times;
  }
  if (const auto cost = operation_cost(operation, outputs)) {
    node.attributes["flops"] = cost->flops * times;
    if (cost->macs != 0) node.attributes["macs"] = cost->macs * times;
  }
  if (const auto source = model.sources.find(&operation); source != model.sources.end()) {
    node.file = source->second.file;
    node.line = source->second.line;
  }
  const auto time = model.microseconds.find(&operation);
  if (time != model.microseconds.end()) node.attributes["microseconds"] = time->second;
}

}  // namespace suar::graph_export
