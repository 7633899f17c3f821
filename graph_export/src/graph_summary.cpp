#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <map>
#include <unordered_map>
#include <vector>

#include <suar/graph_cost.h>
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

/// For each scope, the shape of what left it last.
std::unordered_map<std::string, std::string> output_shapes(const Graph& graph) {
  std::unordered_map<std::string, std::size_t> producers;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) producers[graph.nodes[i].name] = i;
  std::unordered_map<std::string, std::size_t> last;
  for (const GraphNode& consumer : graph.nodes) {
    for (const std::string& input : consumer.inputs) {
      const auto colon = input.rfind(':');
      const auto producer = producers.find(input.substr(0, colon));
      if (producer == producers.end()) continue;
      const GraphNode& node = graph.nodes[producer->second];
      if (node.op == "Parameter" || node.op == "Buffer" || node.op == "Constant") continue;
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
    if (cost.operations > 0 && !scope.empty()) modules.push_back({scope, "", 0});
  }
  return modules;
}

/// "│  ├─ conv1: Conv2d"
std::string tree_label(const std::vector<GraphModule>& modules, std::size_t index) {
  const auto has_later_sibling = [&](const std::string& scope) {
    const std::string parent = parent_of(scope);
    for (std::size_t i = index + 1; i < modules.size() && lies_in(modules[i].scope, parent); ++i) {
      if (parent_of(modules[i].scope) == parent && modules[i].scope != scope) return true;
    }
    return false;
  };
  const GraphModule& module = modules[index];
  const std::string parent = parent_of(module.scope);
  std::string label = module.scope.substr(parent.empty() ? 0 : parent.size() + 1);
  if (!module.class_name.empty() && module.class_name != label) label += ": " + module.class_name;
  if (parent.empty()) return label;
  label = (has_later_sibling(module.scope) ? "├─ " : "└─ ") + label;
  for (std::string scope = parent; !parent_of(scope).empty(); scope = parent_of(scope)) {
    label = (has_later_sibling(scope) ? "│  " : "   ") + label;
  }
  return label;
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

}  // namespace

std::string graph_summary(const Graph& graph) {
  const auto costs = cost_by_scope(graph);
  const GraphCost& whole = costs.at("");
  const std::vector<GraphModule> modules = modules_of(graph, costs);
  const auto shapes = output_shapes(graph);
  const bool has_times = whole.microseconds > 0;

  std::vector<std::vector<std::string>> rows = {
      {"Module", "Output shape", "Parameters", "MACs", "FLOPs"}};
  if (has_times) rows.front().push_back("Time (us)");
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const GraphCost& cost = costs.at(modules[i].scope);
    const auto shape = shapes.find(modules[i].scope);
    rows.push_back({tree_label(modules, i), shape == shapes.end() ? "-" : shape->second,
                    std::to_string(cost.parameters), with_prefix(static_cast<double>(cost.macs)),
                    with_prefix(static_cast<double>(cost.flops))});
    if (has_times) rows.back().push_back(with_prefix(cost.microseconds));
  }

  std::string text = format(rows) + "\n";
  text += "Parameters:  " + std::to_string(whole.parameters) + "\n";
  if (whole.constants > 0) text += "Constants:   " + std::to_string(whole.constants) + "\n";
  text += "MACs:        " + with_prefix(static_cast<double>(whole.macs)) + "\n";
  text += "FLOPs:       " + with_prefix(static_cast<double>(whole.flops)) + "\n";
  const std::string bytes = with_prefix(static_cast<double>(whole.activation_bytes));
  text += "Activations: " + bytes + (bytes.find(' ') == std::string::npos ? " B\n" : "B\n");
  if (whole.unknown > 0) {
    text += std::to_string(whole.unknown) + " of " + std::to_string(whole.operations) +
            " operations are not counted: their cost is not known\n";
  }
  return text;
}

}  // namespace suar
