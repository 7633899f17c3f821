#pragma once

#include <string>
#include <utility>
#include <vector>

#include <suar/graph.h>

#include "model_record.h"
#include "node_names.h"
#include "shown_scopes.h"

namespace suar::graph_export {

/// The nodes of a graph for people, as they are added one behind the other.
class GraphNodes {
 public:
  explicit GraphNodes(const ModelRecord& model);

  NodeNames& names() { return names_; }

  /// Adds a node with a unique name, an output for each of the values, and what is known of these.
  /// The reference holds until the next node is added.
  GraphNode& add(const Place& place, const std::string& leaf, std::string op,
                 const std::vector<const torch::jit::Value*>& values);

  Graph take() { return std::move(graph_); }

 private:
  const ModelRecord& model_;
  NodeNames names_;
  Graph graph_;
};

}  // namespace suar::graph_export
