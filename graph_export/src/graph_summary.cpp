#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <suar/graph_cost.h>
#include <suar/graph_ops.h>
#include <suar/graph_summary.h>

namespace suar {
namespace {

/// "262.1 k"; exact below a thousand.
std::string with_prefix(double number) {
  const char* const prefixes[] = {"", " k", " M", " G", " T", " P", " E"};
  std::size_t prefix = 0;
  while (number >= 999.95 && prefix + 1 < std::size(prefixes)) {
    number /= 1000;
    ++prefix;
  }
  char text[32];
  std::snprintf(text, sizeof(text), prefix == 0 ? "%.0f%s" : "%.1f%s", number, prefixes[prefix]);
  return text;
}

/// A sum that some operations are missing from.
std::string known_part(const std::string& sum, bool is_nothing) {
  return is_nothing ? "?" : "≥ " + sum;
}

/// A number of multiply-adds or flops.
std::string operation_text(int64_t number, const GraphCost& cost) {
  const std::string text = with_prefix(static_cast<double>(number));
  return cost.unknown == 0 ? text : known_part(text, number == 0);
}

std::string shape_text(const std::optional<GraphShape>& shape) {
  if (!shape) return "?";
  std::string text;
  for (const int64_t size : *shape) {
    text += (text.empty() ? "" : ", ") + (size < 0 ? std::string("?") : std::to_string(size));
  }
  return "[" + text + "]";
}

std::string parent_of(const std::string& scope) {
  const auto slash = scope.rfind('/');
  return slash == std::string::npos ? std::string() : scope.substr(0, slash);
}

bool lies_in(const std::string& name, const std::string& scope) {
  return name.size() > scope.size() && name[scope.size()] == '/' &&
         name.compare(0, scope.size(), scope) == 0;
}

using NodeIndices = std::unordered_map<std::string, std::size_t>;

/// The shape of what the model returns, or of the first of several values.
std::optional<std::string> returned_shape(const Graph& graph, const NodeIndices& producers) {
  const auto output =
      std::find_if(graph.nodes.begin(), graph.nodes.end(),
                   [](const GraphNode& node) { return node.op == graph_op::kOutput; });
  if (output == graph.nodes.end() || output->inputs.empty()) return std::nullopt;
  const std::string& value = output->inputs.front();
  const auto colon = value.rfind(':');
  const auto producer = producers.find(value.substr(0, colon));
  if (producer == producers.end()) return std::nullopt;
  const std::size_t index =
      colon == std::string::npos ? 0 : std::strtoul(value.c_str() + colon + 1, nullptr, 10);
  const auto& shapes = graph.nodes[producer->second].output_shapes;
  return index < shapes.size() ? shape_text(shapes[index]) : "?";
}

/// For each scope, the shape of what left it last: what it returned, the nodes do not tell.
std::unordered_map<std::string, std::string> output_shapes(const Graph& graph,
                                                           const NodeIndices& producers) {
  std::unordered_map<std::string, std::size_t> last;
  for (const GraphNode& consumer : graph.nodes) {
    for (const std::string& input : consumer.inputs) {
      const auto colon = input.rfind(':');
      const auto producer = producers.find(input.substr(0, colon));
      if (producer == producers.end()) continue;
      const GraphNode& node = graph.nodes[producer->second];
      if (is_stored_tensor(node)) continue;
      for (std::string scope = parent_of(node.name);
           !scope.empty() && !lies_in(consumer.name, scope); scope = parent_of(scope)) {
        auto& latest = last.emplace(scope, producer->second).first->second;
        latest = std::max(latest, producer->second);
      }
    }
  }
  std::unordered_map<std::string, std::string> shapes;
  for (const auto& [scope, index] : last) {
    const auto& all = graph.nodes[index].output_shapes;
    shapes[scope] = all.empty() ? "?" : shape_text(all.front());
  }
  return shapes;
}

/// The modules of the graph; of one that was read from a file, its scopes.
std::vector<GraphModule> modules_of(const Graph& graph,
                                    const std::map<std::string, GraphCost>& costs) {
  if (!graph.modules.empty()) return graph.modules;
  std::vector<GraphModule> modules;
  for (const auto& [scope, cost] : costs) {
    if (cost.operations > 0 && !scope.empty()) modules.push_back({scope, ""});
  }
  return modules;
}

/// For each module "│  ├─ conv1: Conv2d".
std::vector<std::string> tree_labels(const std::vector<GraphModule>& modules) {
  std::vector<bool> is_last(modules.size());
  std::unordered_set<std::string> seen_parents;
  for (std::size_t i = modules.size(); i-- > 0;) {
    is_last[i] = seen_parents.insert(parent_of(modules[i].scope)).second;
  }
  std::vector<std::string> labels;
  std::unordered_map<std::string, std::string> indents;  // of the parts of a scope
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const GraphModule& module = modules[i];
    const std::string parent = parent_of(module.scope);
    std::string label = module.scope.substr(parent.empty() ? 0 : parent.size() + 1);
    if (!module.class_name.empty() && module.class_name != label) label += ": " + module.class_name;
    if (!parent.empty()) {
      const std::string outer = indents[parent];
      label = outer + (is_last[i] ? "└─ " : "├─ ") + label;
      indents[module.scope] = outer + (is_last[i] ? "   " : "│  ");
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

/// Number of characters of UTF-8 text.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// The first two columns to the left, the numbers behind them to the right.
std::string format(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      if (i > 0) line += "  ";
      line += i < 2 ? row[i] + padding : padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string line(const std::string& label, const std::string& value) {
  return label + ":" + std::string(12 - label.size(), ' ') + value + "\n";
}

std::string sums_of(const GraphCost& whole) {
  const int64_t frozen = whole.parameters - whole.trainable_parameters;
  std::string text = line("Parameters", std::to_string(whole.parameters) + " (" +
                                            std::to_string(whole.trainable_parameters) +
                                            " trainable, " + std::to_string(frozen) + " frozen)");
  if (whole.constants > 0) text += line("Constants", std::to_string(whole.constants));
  text += line("MACs", operation_text(whole.macs, whole));
  return text + line("FLOPs", operation_text(whole.flops, whole));
}

/// "46.8 MB"
std::string byte_text(int64_t bytes, bool is_whole = true) {
  std::string text = with_prefix(static_cast<double>(bytes));
  text += text.find(' ') == std::string::npos ? " B" : "B";
  return is_whole ? text : known_part(text, bytes == 0);
}

/// Whether all nodes of a kind have the attribute, which those of unknown sizes have not.
template <typename IsOfKind>
bool all_have(const Graph& graph, const char* attribute, IsOfKind is_of_kind) {
  return std::all_of(graph.nodes.begin(), graph.nodes.end(), [&](const GraphNode& node) {
    return !is_of_kind(node) || node.attributes.count(attribute) != 0;
  });
}

std::string memory_of(const Graph& graph, const GraphCost& whole) {
  const bool knows_inputs = all_have(
      graph, "input_bytes", [](const GraphNode& node) { return node.op == graph_op::kInput; });
  const bool knows_activations = all_have(graph, "activation_bytes", is_operation);
  std::string text = line("Inputs", byte_text(whole.input_bytes, knows_inputs));
  text += line("Activations", byte_text(whole.activation_bytes, knows_activations));
  text += line("Parameters", byte_text(whole.parameter_bytes));
  if (whole.buffer_bytes > 0) text += line("Buffers", byte_text(whole.buffer_bytes));
  if (whole.constant_bytes > 0) text += line("Constants", byte_text(whole.constant_bytes));
  return text + line("Total",
                     byte_text(whole.input_bytes + whole.activation_bytes + whole.parameter_bytes +
                                   whole.buffer_bytes + whole.constant_bytes,
                               knows_inputs && knows_activations));
}

}  // namespace

std::string graph_summary(const Graph& graph) {
  const auto costs = cost_by_scope(graph);
  const GraphCost& whole = costs.at("");
  const std::vector<GraphModule> modules = modules_of(graph, costs);
  const std::vector<std::string> labels = tree_labels(modules);
  NodeIndices producers;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) producers[graph.nodes[i].name] = i;
  auto shapes = output_shapes(graph, producers);
  const auto roots = std::count_if(modules.begin(), modules.end(), [](const GraphModule& module) {
    return parent_of(module.scope).empty();
  });
  if (const auto returned = returned_shape(graph, producers); roots == 1 && returned) {
    shapes[modules.front().scope] = *returned;
  }
  for (const GraphModule& module : modules) {
    if (module.output_shape) shapes[module.scope] = shape_text(module.output_shape);
  }
  const bool has_times = whole.microseconds > 0;

  std::vector<std::vector<std::string>> rows = {
      {"Module", "Output shape", "Parameters", "MACs", "FLOPs"}};
  if (has_times) rows.front().push_back("Time (us)");
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const GraphCost& cost = costs.at(modules[i].scope);
    const auto shape = shapes.find(modules[i].scope);
    rows.push_back({labels[i], shape == shapes.end() ? "-" : shape->second,
                    std::to_string(cost.parameters), operation_text(cost.macs, cost),
                    operation_text(cost.flops, cost)});
    if (has_times) rows.back().push_back(with_prefix(cost.microseconds));
  }

  std::string text = format(rows) + "\n" + sums_of(whole) + "\n" + memory_of(graph, whole);
  if (whole.unknown > 0) {
    text += std::to_string(whole.unknown) + " of " + std::to_string(whole.operations) +
            " operations are not counted: their cost is not known\n";
  }
  return text;
}

}  // namespace suar
