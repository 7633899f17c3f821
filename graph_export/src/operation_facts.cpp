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

/// In all of so many turns.
TurnCost cost_of(const ModelRecord& model, const JitNode& operation,
                 const std::vector<const JitValue*>& outputs, int64_t times) {
  const auto known = model.turn_costs.find(&operation);
  if (known != model.turn_costs.end()) return known->second;
  return TurnCost{operation_cost(operation, outputs), output_bytes(operation, outputs)} * times;
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
  const auto written = written_inputs(node);
  return std::all_of(outputs.begin(), outputs.end(),
                     [](const JitValue* output) { return is_number(*output); }) &&
         std::all_of(written.begin(), written.end(),
                     [&](std::size_t input) { return is_number(*node.input(input)); });
}

std::optional<GraphAttribute> dtypes_of(const std::vector<c10::TensorTypePtr>& types) {
  const std::string unknown = "?";
  std::vector<std::string> names;
  for (const c10::TensorTypePtr& type : types) {
    const bool is_known = type != nullptr && type->scalarType();
    names.push_back(is_known ? dtype_name(*type->scalarType()) : unknown);
  }
  const bool are_equal =
      std::adjacent_find(names.begin(), names.end(), std::not_equal_to<>()) == names.end();
  if (!are_equal) return names;
  if (names.empty() || names.front() == unknown) return std::nullopt;
  return names.front();
}

void locate(const ModelRecord& model, const JitNode& jit_node, GraphNode& node) {
  const auto source = model.sources.find(&jit_node);
  if (source == model.sources.end()) return;
  node.file = source->second.file;
  node.line = source->second.line;
}

void describe_operation(const ModelRecord& model, const JitNode& operation,
                        const std::vector<const JitValue*>& outputs, GraphNode& node) {
  int64_t times = 1;
  const auto executions = model.executions.find(operation.owningBlock());
  if (executions != model.executions.end() && executions->second != 1) {
    times = executions->second;
    node.attributes["executions"] = times;
  }
  const TurnCost cost = cost_of(model, operation, outputs, times);
  if (cost.output_bytes) node.attributes["activation_bytes"] = *cost.output_bytes;
  if (cost.arithmetic) {
    node.attributes["flops"] = cost.arithmetic->flops;
    if (cost.arithmetic->macs != 0) node.attributes["macs"] = cost.arithmetic->macs;
  }
  locate(model, operation, node);
  const auto time = model.microseconds.find(&operation);
  if (time != model.microseconds.end()) node.attributes["microseconds"] = time->second;
}

}  // namespace suar::graph_export
