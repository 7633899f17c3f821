#include "output_nodes.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include <torch/csrc/jit/ir/ir.h>

#include <suar/graph_ops.h>

#include "attributes.h"
#include "plumbing.h"

namespace suar::graph_export {
namespace {

class OutputAdder {
 public:
  OutputAdder(ValueVersions& versions, ValueEdges& edges, GraphNodes& nodes)
      : versions_(versions), edges_(edges), nodes_(nodes) {}

  void add(const torch::jit::Value& given, const std::string& name) {
    const torch::jit::Value& value = versions_.original_of(given);
    const torch::jit::Node& producer = *value.node();
    const bool is_changed = versions_.change_of(value) != nullptr;
    if (is_construct(producer) && !is_changed) {
      for (const torch::jit::Value* element : producer.inputs()) add(*element, name);
      return;
    }
    if (producer.kind() == c10::prim::DictConstruct && !is_changed) {
      for (std::size_t i = 0; i + 1 < producer.inputs().size(); i += 2) {
        const auto key = constant_attribute(*producer.input(i));
        const bool has_name = key && std::holds_alternative<std::string>(*key);
        add(*producer.input(i + 1), has_name ? std::get<std::string>(*key) : name);
      }
      return;
    }
    const Place place = {"output", ""};
    Edges inputs;
    edges_.append(value, place, inputs);
    if (inputs.empty()) return;  // a number that is known, or nothing
    nodes_.add(place, name, graph_op::kOutput, {&value}).inputs = std::move(inputs);
  }

 private:
  ValueVersions& versions_;
  ValueEdges& edges_;
  GraphNodes& nodes_;
};

}  // namespace

void add_output_nodes(const torch::jit::Graph& graph, ValueVersions& versions, ValueEdges& edges,
                      GraphNodes& nodes) {
  OutputAdder adder(versions, edges, nodes);
  for (const torch::jit::Value* output : graph.outputs()) adder.add(*output, "y");
}

}  // namespace suar::graph_export
