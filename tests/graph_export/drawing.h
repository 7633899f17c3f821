#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suar/graph.h>

namespace suar::testing {

/// The nodes of a graph, one a line: "Net/fc/addmm aten::addmm [2,3] <- Net/fc/bias input/x
/// Net/fc/t".
inline std::set<std::string> lines_of(const Graph& graph) {
  std::set<std::string> lines;
  for (const GraphNode& node : graph.nodes) {
    std::string line = node.name + " " + node.op + " ";
    for (const auto& shape : node.output_shapes) {
      if (!shape) {
        line += "?";
        continue;
      }
      std::string sizes;
      for (const int64_t size : *shape) sizes += (sizes.empty() ? "" : ",") + std::to_string(size);
      line += "[" + sizes + "]";
    }
    if (!node.inputs.empty()) line += " <-";
    for (const std::string& input : node.inputs) line += " " + input;
    lines.insert(line);
  }
  return lines;
}

/// A graph as somebody draws it who has read the model: every node and every edge, in the order in
/// which the model runs.
class Drawing {
 public:
  using Edges = std::vector<std::string>;

  /// What comes from outside; returns its name.
  std::string input(const std::string& shape) { return add("input", "x", "Input", shape, {}); }

  std::string parameter(const std::string& scope, const std::string& name,
                        const std::string& shape) {
    return add(scope, name, "Parameter", shape, {});
  }

  std::string buffer(const std::string& scope, const std::string& name, const std::string& shape) {
    return add(scope, name, "Buffer", shape, {});
  }

  std::string op(const std::string& scope, const std::string& kind, const std::string& shape,
                 const Edges& inputs) {
    return add(scope, kind, "aten::" + kind, shape, inputs);
  }

  void output(const std::string& shape, const std::string& from) {
    add("output", "y", "Output", shape, {from});
  }

  /// A weight [out, in], turned, and a bias [out], of torch::nn::Linear on rows: [.., in] to
  /// `shape`.
  std::string linear(const std::string& scope, const std::string& x, int64_t in, int64_t out,
                     const std::string& shape) {
    const std::string sizes = "[" + std::to_string(out) + "," + std::to_string(in) + "]";
    return linear_with(scope, x, parameter(scope, "weight", sizes),
                       parameter(scope, "bias", "[" + std::to_string(out) + "]"), in, out, shape);
  }

  std::string linear_with(const std::string& scope, const std::string& x, const std::string& weight,
                          const std::string& bias, int64_t in, int64_t out,
                          const std::string& shape) {
    const std::string turned =
        op(scope, "t", "[" + std::to_string(in) + "," + std::to_string(out) + "]", {weight});
    const bool has_two_dimensions = std::count(shape.begin(), shape.end(), ',') == 1;
    if (has_two_dimensions) return op(scope, "addmm", shape, {bias, x, turned});
    return op(scope, "add_", shape, {op(scope, "matmul", shape, {x, turned}), bias});
  }

  /// torch::nn::LayerNorm, which leaves the shape as it is.
  std::string layer_norm(const std::string& scope, const std::string& x, int64_t features,
                         const std::string& shape) {
    const std::string sizes = "[" + std::to_string(features) + "]";
    const std::string weight = parameter(scope, "weight", sizes);
    const std::string bias = parameter(scope, "bias", sizes);
    return op(scope, "layer_norm", shape, {x, weight, bias});
  }

  void expect_same(const Graph& graph) const {
    const std::set<std::string> found = lines_of(graph);
    for (const std::string& line : lines_) {
      if (found.count(line) == 0) ADD_FAILURE() << "missing: " << line;
    }
    for (const std::string& line : found) {
      if (lines_.count(line) == 0) ADD_FAILURE() << "not drawn: " << line;
    }
    EXPECT_EQ(graph.nodes.size(), lines_.size());
  }

 private:
  std::string add(const std::string& scope, const std::string& leaf, const std::string& op,
                  const std::string& shape, const Edges& inputs) {
    std::string name = scope + "/" + leaf;
    const int used = used_[name]++;
    if (used > 0) name += "_" + std::to_string(used);
    std::string line = name + " " + op + " " + shape;
    if (!inputs.empty()) line += " <-";
    for (const std::string& input : inputs) line += " " + input;
    lines_.insert(line);
    return name;
  }

  std::set<std::string> lines_;
  std::map<std::string, int> used_;
};

}  // namespace suar::testing
