#include "output_nodes.h"

#include <cstddef>
#include <string>
#include <utility>

#include <torch/csrc/jit/ir/ir.h>

#include <suar/graph_ops.h>

#include "attributes.h"
#include "plumbing.h"

namespace suar::graph_export {
namespace {

class OutputAdder {
 public:
  OutputAdder(ValueVersions& versions, ValueEdges& edges, SourceNodes& sources, GraphNodes& nodes)
      : versions_(versions), edges_(edges), sources_(sources), nodes_(nodes) {}

  /// `path` are the keys of the dictionaries that it lies in: "detections.boxes".
  void add(const torch::jit::Value& given, const std::string& path) {
    const torch::jit::Value& value = versions_.original_of(given);
    const torch::jit::Node& producer = *value.node();
    const bool is_changed = versions_.change_of(value) != nullptr;
    if (is_construct(producer) && !is_changed) {
      for (const torch::jit::Value* element : producer.inputs()) add(*element, path);
      return;
    }
    if (producer.kind() == c10::prim::DictConstruct && !is_changed) {
      for (std::size_t i = 0; i + 1 < producer.inputs().size(); i += 2) {
        const std::string key = key_name(*producer.input(i));
        const std::string dot = path.empty() || key.empty() ? "" : ".";
        add(*producer.input(i + 1), path + dot + key);
      }
      return;
    }
    const Place place = {"output", ""};
    Edges inputs;
    edges_.append(value, place, inputs);
    if (inputs.empty()) {
      // A number that does not depend on the inputs, or nothing.
      if (value.type()->kind() != c10::TypeKind::TensorType) return;
      inputs.push_back(sources_.name_of_constant(value, place));
    }
    const std::string name = path.empty() ? "y" : path;
    nodes_.add(place, name, graph_op::kOutput, {&value}).inputs = std::move(inputs);
  }

 private:
  ValueVersions& versions_;
  ValueEdges& edges_;
  SourceNodes& sources_;
  GraphNodes& nodes_;
};

}  // namespace

void add_output_nodes(const torch::jit::Graph& graph, ValueVersions& versions, ValueEdges& edges,
                      SourceNodes& sources, GraphNodes& nodes) {
  OutputAdder adder(versions, edges, sources, nodes);
  for (const torch::jit::Value* output : graph.outputs()) adder.add(*output, "");
}

}  // namespace suar::graph_export
