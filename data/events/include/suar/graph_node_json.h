#pragma once

#include <cmath>
#include <utility>
#include <variant>
#include <vector>

#include <suar/graph.h>

namespace suar {

/// A number that JSON lacks is a text, as in the JSON of protobuf.
template <typename Json>
Json attribute_json(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return number;
}

template <typename Json>
Json attribute_json(const std::vector<double>& numbers) {
  Json json = Json::array();
  for (const double number : numbers) json.push_back(attribute_json<Json>(number));
  return json;
}

template <typename Json, typename Value>
Json attribute_json(const Value& value) {
  return value;
}

/// A node as an object of JSON: {"name": "Net/fc", "op": "aten::linear", "device": "/device:CPU:0",
/// "inputs": ["Net/relu"], "output_shapes": [[8, 10]], "attributes": {"macs": 800}, "file":
/// "net.cpp", "line": 33}. A shape is null, and a size -1, where it is not known; attributes
/// that JSON has no numbers for are "NaN", "Infinity" and "-Infinity". `Json` is
/// nlohmann's `json`, or its `ordered_json` for that order of the fields.
template <typename Json>
Json graph_node_json(const GraphNode& node) {
  Json shapes = Json::array();
  for (const auto& shape : node.output_shapes) {
    shapes.push_back(shape ? Json(*shape) : Json(nullptr));
  }
  Json attributes = Json::object();
  for (const auto& [name, attribute] : node.attributes) {
    attributes[name] =
        std::visit([](const auto& value) { return attribute_json<Json>(value); }, attribute);
  }
  return {{"name", node.name},
          {"op", node.op},
          {"device", node.device},
          {"inputs", node.inputs},
          {"output_shapes", std::move(shapes)},
          {"attributes", std::move(attributes)},
          {"file", node.file},
          {"line", node.line}};
}

}  // namespace suar
