#include "attributes.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/types.h>

#include "memory_sharing.h"

namespace suar::graph_export {
namespace {

std::optional<GraphAttribute> scalar_attribute(const torch::Tensor& tensor) {
  if (!tensor.defined() || tensor.dim() != 0 || !tensor.device().is_cpu()) return std::nullopt;
  const c10::ScalarType type = tensor.scalar_type();
  if (type == torch::kBool) return tensor.item<bool>();
  if (c10::isIntegralType(type, /*includeBool=*/false)) return tensor.item<int64_t>();
  if (c10::isFloatingType(type)) return tensor.item<double>();
  return std::nullopt;
}

std::optional<GraphAttribute> to_attribute(const c10::IValue& value) {
  if (value.isBool()) return value.toBool();
  if (value.isInt()) return value.toInt();
  if (value.isDouble()) return value.toDouble();
  if (value.isString()) return value.toStringRef();
  if (value.isDevice()) return value.toDevice().str();
  if (value.isTensor()) return scalar_attribute(value.toTensor());
  if (value.isIntList()) return value.toIntVector();
  if (value.isDoubleList()) return value.toDoubleVector();
  if (value.isBoolList()) {
    const auto list = value.toBoolList();
    return std::vector<bool>(list.begin(), list.end());
  }
  return std::nullopt;
}

template <typename Element>
std::optional<GraphAttribute> gather(const std::vector<GraphAttribute>& elements) {
  std::vector<Element> list;
  for (const GraphAttribute& element : elements) {
    if (!std::holds_alternative<Element>(element)) return std::nullopt;
    list.push_back(std::get<Element>(element));
  }
  return list;
}

template <typename Values>
std::optional<GraphAttribute> list_attribute(const Values& values) {
  std::vector<GraphAttribute> elements;
  for (const torch::jit::Value* value : values) {
    std::optional<GraphAttribute> element = constant_attribute(*value);
    if (!element) return std::nullopt;
    elements.push_back(std::move(*element));
  }
  if (elements.empty()) return std::vector<int64_t>();
  if (auto list = gather<int64_t>(elements)) return list;
  if (auto list = gather<double>(elements)) return list;
  if (auto list = gather<bool>(elements)) return list;
  return gather<std::string>(elements);
}

/// The keys, and what is constant under the keys "left" and 0 as "value.left" and "value.0".
std::map<std::string, GraphAttribute> dictionary_attributes(const torch::jit::Node& construct) {
  std::map<std::string, GraphAttribute> attributes;
  std::vector<const torch::jit::Value*> keys;
  for (std::size_t i = 0; i + 1 < construct.inputs().size(); i += 2) {
    keys.push_back(construct.input(i));
    const std::string key = key_name(*construct.input(i));
    auto value = constant_attribute(*construct.input(i + 1));
    if (value && !key.empty()) attributes.emplace("value." + key, std::move(*value));
  }
  if (keys.empty()) return attributes;
  if (auto list = list_attribute(keys)) attributes.emplace("keys", std::move(*list));
  return attributes;
}

}  // namespace

std::string dtype_name(c10::ScalarType type) {
  switch (type) {
    case torch::kHalf:
      return "float16";
    case torch::kFloat:
      return "float32";
    case torch::kDouble:
      return "float64";
    case torch::kByte:
      return "uint8";
    case torch::kChar:
      return "int8";
    case torch::kShort:
      return "int16";
    case torch::kInt:
      return "int32";
    case torch::kLong:
      return "int64";
    case torch::kComplexHalf:
      return "complex32";
    case torch::kComplexFloat:
      return "complex64";
    case torch::kComplexDouble:
      return "complex128";
    default: {
      std::string name = c10::toString(type);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return name;
    }
  }
}

std::string argument_name(const torch::jit::Node& node, std::size_t index) {
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr || index >= schema->arguments().size()) {
    return "argument_" + std::to_string(index);
  }
  return schema->arguments()[index].name();
}

std::optional<GraphAttribute> constant_attribute(const torch::jit::Value& value) {
  const torch::jit::Node& node = *value.node();
  if (node.kind() == c10::prim::ListConstruct) {
    return is_ever_changed(value) ? std::nullopt : list_attribute(node.inputs());
  }
  if (node.kind() != c10::prim::Constant) return std::nullopt;
  const auto constant = torch::jit::toIValue(&value);
  if (!constant) return std::nullopt;
  return to_attribute(*constant);
}

std::string key_name(const torch::jit::Value& key) {
  const auto constant = constant_attribute(key);
  if (!constant) return {};
  if (const auto* text = std::get_if<std::string>(&*constant)) return *text;
  const auto* number = std::get_if<int64_t>(&*constant);
  return number == nullptr ? std::string() : std::to_string(*number);
}

std::map<std::string, GraphAttribute> constant_arguments(const torch::jit::Node& node) {
  if (node.kind() == c10::prim::DictConstruct) return dictionary_attributes(node);
  std::map<std::string, GraphAttribute> attributes;
  for (std::size_t i = 0; i < node.inputs().size(); ++i) {
    std::optional<GraphAttribute> attribute = constant_attribute(*node.input(i));
    if (!attribute) continue;
    std::string name = argument_name(node, i);
    if (name == "dtype" && std::holds_alternative<int64_t>(*attribute)) {
      attribute = dtype_name(static_cast<c10::ScalarType>(std::get<int64_t>(*attribute)));
    }
    attributes.emplace(std::move(name), std::move(*attribute));
  }
  return attributes;
}

}  // namespace suar::graph_export
