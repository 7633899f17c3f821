#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "source_nodes.h"
#include "value_versions.h"

namespace suar::graph_export {

using Edges = std::vector<std::string>;

/// An output of a node, as the inputs of others name it: "Net/conv", "Net/lstm:1".
std::string edge_of(const std::string& node, std::size_t output);

/// Where in the graph for people the values come from.
class ValueEdges {
 public:
  ValueEdges(SourceNodes& sources, ValueVersions& versions)
      : sources_(sources), versions_(versions) {}

  /// The node of this name stands for the operation from now on.
  void set_node_of(const torch::jit::Node& operation, const std::string& name) {
    operations_[&operation] = name;
  }

  /// Follows the node that takes an attribute to what that was set to before, if it was.
  void take_attribute(const torch::jit::Node& node);

  /// Appends what a node that uses `value` now has as its inputs: nothing for a constant that is an
  /// attribute, all elements for a list.
  void append(const torch::jit::Value& value, const Place& user, Edges& edges);

  void append(const ValueVersions::Content& content, const Place& user, Edges& edges);

 private:
  void append_own(const torch::jit::Value& value, const Place& user, Edges& edges);
  void append_output(const torch::jit::Node& producer, std::size_t output, Edges& edges);

  SourceNodes& sources_;
  ValueVersions& versions_;
  std::unordered_map<const torch::jit::Node*, std::string> operations_;
  std::unordered_map<const torch::jit::Value*, std::string> attributes_;  // taken behind a branch
};

}  // namespace suar::graph_export
