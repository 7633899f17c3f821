#include "memory_sharing.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <ATen/TensorUtils.h>
#include <torch/csrc/jit/ir/ir.h>

#include "attributes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

/// Whether a name of memory stands in both, also for what the elements of a list lie in.
bool have_common_memory(const c10::AliasInfo& input, const c10::AliasInfo& output) {
  for (const auto& name : output.beforeSets()) {
    if (name != c10::AliasInfo::wildcardSet() && input.beforeSets().count(name) != 0) return true;
  }
  const auto& elements = output.containedTypes();
  return std::any_of(elements.begin(), elements.end(), [&](const c10::AliasInfo& element) {
    return have_common_memory(input, element);
  });
}

bool is_in_place_by_name(const Node& node) {
  const std::string_view name = node.kind().toUnqualString();
  const bool is_dunder = name.size() >= 2 && name.substr(name.size() - 2) == "__";
  return !name.empty() && name.back() == '_' && !is_dunder && !node.inputs().empty();
}

/// It hands its input on.
bool is_idle_dropout(const Node& node) {
  if (std::string_view(node.kind().toUnqualString()).find("dropout") == std::string_view::npos) {
    return false;
  }
  const auto trains =
      node.inputs().empty() ? std::nullopt : constant_attribute(*node.inputs().back());
  return trains && *trains == GraphAttribute(false);
}

bool may_copy(const Node& node) {
  static const std::set<std::string_view> names = {
      "contiguous", "reshape", "reshape_as", "flatten", "ravel", "to", "type_as", "cpu", "cuda"};
  return names.count(node.kind().toUnqualString()) != 0;
}

bool has_copied(const Node& node, const Value& input, const Value& output) {
  const auto before = input.type()->cast<c10::TensorType>();
  const auto after = output.type()->cast<c10::TensorType>();
  if (before == nullptr || after == nullptr) return false;
  if (before->scalarType() && after->scalarType() && before->scalarType() != after->scalarType()) {
    return true;
  }
  if (before->device() && after->device() && before->device() != after->device()) return true;
  for (std::size_t i = 0; i < node.inputs().size(); ++i) {
    const bool is_copy = argument_name(node, i) == "copy";
    if (is_copy && constant_attribute(*node.input(i)) == GraphAttribute(true)) return true;
  }
  const auto old_sizes = before->sizes().concrete_sizes();
  const auto old_strides = before->strides().concrete_sizes();
  const auto new_sizes = after->sizes().concrete_sizes();
  const auto new_strides = after->strides().concrete_sizes();
  if (!old_sizes || !old_strides || !new_sizes || !new_strides) return false;
  const auto of_a_view = at::detail::computeStride(*old_sizes, *old_strides, *new_sizes);
  return !of_a_view || *of_a_view != *new_strides;
}

}  // namespace

std::vector<std::size_t> written_inputs(const Node& node) {
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr) {
    return is_in_place_by_name(node) ? std::vector<std::size_t>{0} : std::vector<std::size_t>{};
  }
  std::vector<std::size_t> written;
  if (!schema->is_mutable()) return written;
  const auto& arguments = schema->arguments();
  for (std::size_t i = 0; i < arguments.size() && i < node.inputs().size(); ++i) {
    const c10::AliasInfo* alias = arguments[i].alias_info();
    if (alias != nullptr && alias->isWrite()) written.push_back(i);
  }
  return written;
}

bool changes_input(const Node& node) {
  return node.kind() == c10::prim::SetAttr || !written_inputs(node).empty();
}

bool is_ever_changed(const Value& value) {
  return std::any_of(value.uses().begin(), value.uses().end(), [](const auto& use) {
    const auto written = written_inputs(*use.user);
    return std::find(written.begin(), written.end(), use.offset) != written.end();
  });
}

std::optional<std::size_t> input_shared_by(const Node& node, std::size_t output) {
  if (output == 0 && is_idle_dropout(node)) return 0;
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr) {
    if (output == 0 && is_in_place_by_name(node)) return 0;
    return std::nullopt;
  }
  if (output >= schema->returns().size()) return std::nullopt;
  const c10::AliasInfo* result = schema->returns()[output].alias_info();
  if (result == nullptr) return std::nullopt;
  const auto& arguments = schema->arguments();
  for (std::size_t i = 0; i < arguments.size() && i < node.inputs().size(); ++i) {
    const c10::AliasInfo* alias = arguments[i].alias_info();
    if (alias == nullptr || !have_common_memory(*alias, *result)) continue;
    const bool is_copy = may_copy(node) && has_copied(node, *node.input(i), *node.output(output));
    if (!is_copy) return i;
  }
  return std::nullopt;
}

bool is_element(const Node& node, std::size_t output) {
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr || output >= schema->returns().size()) return false;
  const c10::Argument& result = schema->returns()[output];
  // What takes lists of anything knows of no tensors, it only hands them on.
  if (result.type()->hasFreeVariables()) return true;
  return result.alias_info() != nullptr && result.alias_info()->isWildcardBefore();
}

std::optional<std::size_t> output_of_change(const Node& node, std::size_t input) {
  for (std::size_t output = 0; output < node.outputs().size(); ++output) {
    if (input_shared_by(node, output) == input) return output;
  }
  return std::nullopt;
}

}  // namespace suar::graph_export
