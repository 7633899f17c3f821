#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suar/graph.h>
#include <suar/graph_ops.h>

namespace suar::testing {

inline std::string scope_of(const GraphNode& node) {
  return node.name.substr(0, node.name.rfind('/'));
}

/// Scope and kind of each operation, in order of execution.
using Operations = std::vector<std::pair<std::string, std::string>>;

inline Operations operations(const Graph& graph) {
  Operations result;
  for (const GraphNode& node : graph.nodes) {
    if (is_operation(node)) result.emplace_back(scope_of(node), node.op);
  }
  return result;
}

/// The scopes of the operations of one kind, in order of execution.
inline std::vector<std::string> scopes_of(const Graph& graph, const std::string& op) {
  std::vector<std::string> scopes;
  for (const auto& [scope, kind] : operations(graph)) {
    if (kind == op) scopes.push_back(scope);
  }
  return scopes;
}

/// The node of that name; fails the test when there is none.
inline GraphNode node_named(const Graph& graph, const std::string& name) {
  for (const GraphNode& node : graph.nodes) {
    if (node.name == name) return node;
  }
  std::string known;
  for (const GraphNode& node : graph.nodes) known += "\n  " + node.name;
  ADD_FAILURE() << "no node " << name << " among" << known;
  return {};
}

/// What holds for every graph: names unique and never also a scope, every input there.
inline void expect_well_formed(const Graph& graph) {
  std::map<std::string, std::size_t> outputs;
  std::set<std::string> scopes;
  for (const GraphNode& node : graph.nodes) {
    EXPECT_TRUE(outputs.emplace(node.name, node.output_shapes.size()).second) << node.name;
    EXPECT_EQ(node.name.find_first_of(":^ ()<>"), std::string::npos) << node.name;
    for (auto end = node.name.find('/'); end != std::string::npos;
         end = node.name.find('/', end + 1)) {
      scopes.insert(node.name.substr(0, end));
    }
  }
  for (const auto& [name, count] : outputs) EXPECT_EQ(scopes.count(name), 0u) << name;
  for (const GraphNode& node : graph.nodes) {
    for (const std::string& input : node.inputs) {
      const auto colon = input.find(':');
      const auto producer = outputs.find(input.substr(0, colon));
      ASSERT_NE(producer, outputs.end()) << node.name << " has the input " << input;
      if (colon != std::string::npos) {
        EXPECT_LT(std::stoul(input.substr(colon + 1)), producer->second) << input;
      }
    }
  }
  const Graph again = parse_graph_def(serialize_graph_def(graph));
  ASSERT_EQ(again.nodes.size(), graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(again.nodes[i].name, graph.nodes[i].name);
    EXPECT_EQ(again.nodes[i].op, graph.nodes[i].op);
    EXPECT_EQ(again.nodes[i].inputs, graph.nodes[i].inputs);
    EXPECT_EQ(again.nodes[i].device, graph.nodes[i].device);
    EXPECT_EQ(again.nodes[i].output_shapes, graph.nodes[i].output_shapes);
    auto attributes = graph.nodes[i].attributes;
    for (auto& [name, value] : attributes) {
      // A GraphDef holds them in single precision.
      if (auto* number = std::get_if<double>(&value)) *number = static_cast<float>(*number);
    }
    EXPECT_EQ(again.nodes[i].attributes, attributes) << graph.nodes[i].name;
  }
}

}  // namespace suar::testing
