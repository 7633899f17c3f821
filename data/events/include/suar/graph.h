#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <suar/event.h>

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
  std::string file;  ///< of the user's code that ran it: "/home/ada/net.cpp"; may be empty
  int64_t line = 0;  ///< in the file, from 1; 0 where it is not known
};

/// A module of the model, also one that no node belongs to.
struct GraphModule {
  std::string scope;       ///< unique; begins the names of its nodes: "Net/conv1"
  std::string class_name;  ///< "Conv2d"
  int64_t parameters = 0;  ///< elements of the parameters that it holds itself, not in a part;
                           ///< those of a tensor that several modules hold count with the first
  int64_t trainable_parameters = 0;  ///< of these: that require gradients
  int64_t parameter_bytes = 0;       ///< memory of these
  int64_t buffer_bytes = 0;          ///< memory of the buffers, counted in the same way
  /// Of the first tensor that it returned, when it ran last; empty where that is not known.
  std::optional<GraphShape> output_shape{};
};

/// A model's graph as a plain value.
struct Graph {
  std::vector<GraphNode> nodes;        ///< in order of execution
  std::vector<GraphModule> modules{};  ///< parents first; a `GraphDef` does not hold them
};

/// The bytes of the TensorFlow `GraphDef` that TensorBoard's graph page reads. Shapes become the
/// attribute `_output_shapes`.
std::string serialize_graph_def(const Graph& graph);

/// The same message in protobuf's text format, as in a `.pbtxt` file.
std::string graph_def_text(const Graph& graph);

/// Reads a serialised `GraphDef`. Attributes of kinds that `GraphAttribute` does not hold are kept
/// as text. Throws `suar::Error` when the bytes are none.
Graph parse_graph_def(const std::string& bytes);

/// The bytes of the TensorFlow `RunMetadata` by which TensorBoard colours nodes by compute time and
/// by memory: of the nodes with an attribute "microseconds" (`double`; shorter than one counts as
/// one), one behind the other, with their "activation_bytes" (`int64_t`).
std::string serialize_run_metadata(const Graph& graph);

/// What puts the graph into an event file: the `GraphDef` and, when nodes have an attribute
/// "microseconds", the `RunMetadata` under the tag "step".
std::vector<Event> graph_events(const Graph& graph);

}  // namespace suar
