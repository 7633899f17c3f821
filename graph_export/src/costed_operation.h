#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include <suar/graph.h>

#include "attributes.h"
#include "packed_layer.h"
#include "value_types.h"

namespace suar::graph_export {

/// Thrown where a rule needs a shape that is not known; `operation_cost` catches it.
struct UnknownShape {};

/// Shapes and constants of an operation, as the rules ask for them.
class CostedOperation {
 public:
  CostedOperation(const torch::jit::Node& node,
                  const std::vector<const torch::jit::Value*>& outputs)
      : node_(node), outputs_(outputs) {}

  std::size_t inputs() const { return node_.inputs().size(); }
  const torch::jit::Value& input(std::size_t index) const {
    if (index >= inputs()) throw UnknownShape();
    return *node_.input(index);
  }

  const torch::jit::Value& output() const {
    if (outputs_.empty()) throw UnknownShape();
    return *outputs_.front();
  }

  GraphShape shape(std::size_t index) const { return known_shape(input(index)); }
  GraphShape output_shape() const { return known_shape(output()); }
  int64_t elements(std::size_t index) const { return count(shape(index)); }
  int64_t output_elements() const { return count(output_shape()); }

  /// Size of a dimension counted from the last one, 0.
  int64_t size_from_end(std::size_t index, std::size_t dimension) const {
    const GraphShape sizes = shape(index);
    if (dimension >= sizes.size()) return 1;
    return sizes[sizes.size() - 1 - dimension];
  }

  bool is_tensor(std::size_t index) const {
    return index < inputs() && shape_of(*node_.input(index)).has_value();
  }

  PackedLayer packed_layer(std::size_t index) const { return packed(input(index)); }

  /// Of the argument of this name, a list of them.
  std::vector<PackedLayer> packed_layers(const char* argument) const {
    std::vector<PackedLayer> layers;
    for (std::size_t i = 0; i < inputs(); ++i) {
      const torch::jit::Node& list = *node_.input(i)->node();
      if (argument_name(node_, i) != argument || list.kind() != c10::prim::ListConstruct) continue;
      for (const torch::jit::Value* element : list.inputs()) layers.push_back(packed(*element));
    }
    if (layers.empty()) throw UnknownShape();
    return layers;
  }

  /// Shapes of all tensors among the inputs from the given one on, also those in lists.
  std::vector<GraphShape> tensors_from(std::size_t index) const {
    std::vector<GraphShape> shapes;
    for (; index < inputs(); ++index) append_shapes(*node_.input(index), shapes);
    return shapes;
  }

  std::optional<GraphAttribute> constant(const char* argument) const {
    for (std::size_t i = 0; i < inputs(); ++i) {
      if (argument_name(node_, i) == argument) return constant_attribute(*node_.input(i));
    }
    return std::nullopt;
  }
  bool is_true(const char* argument) const {
    const auto value = constant(argument);
    return value && std::holds_alternative<bool>(*value) && std::get<bool>(*value);
  }

  static int64_t count(const GraphShape& shape) {
    const auto elements = element_count(shape);
    if (!elements) throw UnknownShape();
    return *elements;
  }

 private:
  static PackedLayer packed(const torch::jit::Value& value) {
    auto layer = packed_layer_of(value);
    if (!layer || layer->weight.empty()) throw UnknownShape();
    return std::move(*layer);
  }

  static GraphShape known_shape(const torch::jit::Value& value) {
    auto shape = shape_of(value);
    if (!shape || !element_count(*shape)) throw UnknownShape();
    return std::move(*shape);
  }

  static void append_shapes(const torch::jit::Value& value, std::vector<GraphShape>& shapes) {
    if (auto shape = shape_of(value)) {
      shapes.push_back(std::move(*shape));
    } else if (value.node()->kind() == c10::prim::ListConstruct) {
      for (const torch::jit::Value* element : value.node()->inputs()) {
        append_shapes(*element, shapes);
      }
    }
  }

  const torch::jit::Node& node_;
  const std::vector<const torch::jit::Value*>& outputs_;
};

}  // namespace suar::graph_export
