#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace suar {

/// The value of a node's attribute.
using GraphAttribute =
    std::variant<bool, int64_t, double, std::string, std::vector<bool>, std::vector<int64_t>,
                 std::vector<double>, std::vector<std::string>>;

/// Sizes of a tensor; -1 is a size that is not known. Empty is a scalar.
using GraphShape = std::vector<int64_t>;

/// One operation, parameter, input or output of a model.
struct GraphNode {
  std::string name;  ///< unique; '/' separates the scopes: "Net/conv1/_convolution"
  std::string op;    ///< kind of the operation: "aten::_convolution"
  std::vector<std::string>
      inputs;          ///< "name" is output 0 of a node, "name:k" output k, "^name" control
  std::string device;  ///< "/device:CPU:0"; may be empty
  std::vector<std::optional<GraphShape>> output_shapes;  ///< empty element: rank not known
  std::map<std::string, GraphAttribute> attributes;      ///< "stride" -> {1, 1}
};

/// A model's graph as a plain value. Nodes are in order of execution.
struct Graph {
  std::vector<GraphNode> nodes;
};

/// The bytes of the TensorFlow `GraphDef` that TensorBoard's graph page reads. Shapes become the
/// attribute `_output_shapes`.
std::string serialize_graph_def(const Graph& graph);

/// Reads a serialised `GraphDef`. Attributes of kinds that `GraphAttribute` does not hold are kept
/// as text. Throws `suar::Error` when the bytes are none.
Graph parse_graph_def(const std::string& bytes);

}  // namespace suar
