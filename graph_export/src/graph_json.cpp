#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <suar/graph_cost.h>
#include <suar/graph_json.h>

namespace suar {
namespace {

/// Length of the UTF-8 character at `position`, or 0 where there is none.
std::size_t character_length(const std::string& text, std::size_t position) {
  const auto byte = [&](std::size_t i) {
    return position + i < text.size() ? static_cast<unsigned char>(text[position + i]) : 0u;
  };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Too long a form, half of a pair of UTF-16, beyond Unicode.
  const bool is_wrong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) >= 0xa0) ||
                        (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90);
  return is_wrong ? 0 : length;
}

std::string json_of(const std::string& text) {
  std::string json = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text, i);
    const auto byte = static_cast<unsigned char>(text[i]);
    if (length == 0) {
      json += "\xef\xbf\xbd";  // the replacement character
    } else if (text[i] == '"' || text[i] == '\\') {
      json += {'\\', text[i]};
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(byte));
      json += escape;
    } else {
      json.append(text, i, length);
    }
    i += length == 0 ? 1 : length;
  }
  return json + "\"";
}

std::string json_of(bool value) {
  return value ? "true" : "false";
}

std::string json_of(int64_t value) {
  return std::to_string(value);
}

std::string json_of(double value) {
  if (!std::isfinite(value)) return "null";
  char text[40];
  std::snprintf(text, sizeof(text), "%.17g", value);
  return text;
}

std::string json_of(const std::optional<GraphShape>& shape);
std::string json_of(const GraphNode& node);

template <typename Element>
std::string json_of(const std::vector<Element>& elements) {
  std::string json;
  for (const auto& element : elements) {
    json += (json.empty() ? "" : ",") + json_of(static_cast<const Element&>(element));
  }
  return "[" + json + "]";
}

std::string json_of(const std::optional<GraphShape>& shape) {
  return shape ? json_of(*shape) : "null";
}

std::string json_of(const GraphNode& node) {
  std::string attributes;
  for (const auto& [name, attribute] : node.attributes) {
    attributes += (attributes.empty() ? "" : ",") + json_of(name) + ":" +
                  std::visit([](const auto& value) { return json_of(value); }, attribute);
  }
  return "{\"name\":" + json_of(node.name) + ",\"op\":" + json_of(node.op) +
         ",\"device\":" + json_of(node.device) + ",\"inputs\":" + json_of(node.inputs) +
         ",\"output_shapes\":" + json_of(node.output_shapes) + ",\"attributes\":{" + attributes +
         "}}";
}

std::string json_of(const GraphCost& cost) {
  return "{\"parameters\":" + json_of(cost.parameters) + ",\"macs\":" + json_of(cost.macs) +
         ",\"flops\":" + json_of(cost.flops) +
         ",\"activation_bytes\":" + json_of(cost.activation_bytes) +
         ",\"microseconds\":" + json_of(cost.microseconds) +
         ",\"operations\":" + json_of(cost.operations) + ",\"unknown\":" + json_of(cost.unknown) +
         "}";
}

}  // namespace

std::string graph_json(const Graph& graph) {
  const auto costs = cost_by_scope(graph);
  std::string modules;
  for (const GraphModule& module : graph.modules) {
    modules += (modules.empty() ? "" : ",") + ("{\"scope\":" + json_of(module.scope)) +
               ",\"class_name\":" + json_of(module.class_name) +
               ",\"cost\":" + json_of(costs.at(module.scope)) + "}";
  }
  return "{\"nodes\":" + json_of(graph.nodes) + ",\"modules\":[" + modules + "]}";
}

}  // namespace suar
