#include "turn_costs.h"

#include <cstddef>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include "operation_facts.h"
#include "plumbing.h"
#include "script_attributes.h"
#include "script_run.h"
#include "value_types.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

/// Gives the values of an operation the types that they had in a turn, until the end of the block.
class TypesOfTurn {
 public:
  TypesOfTurn(Node& node, const Turn& turn) {
    for (std::size_t i = 0; i < node.inputs().size() && i < turn.inputs.size(); ++i) {
      Value& input = *node.input(i);
      set(input, is_construct(*input.node()) ? input.node()->inputs() : nothing(), turn.inputs[i]);
    }
    for (std::size_t i = 0; i < node.outputs().size() && i < turn.outputs.size(); ++i) {
      Value& output = *node.output(i);
      set(output, elements_of(output), turn.outputs[i]);
    }
  }
  ~TypesOfTurn() {
    for (auto saved = saved_.rbegin(); saved != saved_.rend(); ++saved) {
      saved->first->setType(saved->second);
    }
  }
  TypesOfTurn(const TypesOfTurn&) = delete;
  TypesOfTurn& operator=(const TypesOfTurn&) = delete;

 private:
  using Values = at::ArrayRef<Value*>;

  static Values nothing() { return {}; }

  static Values elements_of(Value& list) {
    for (const auto& use : list.uses()) {
      if (is_unpack(*use.user)) return use.user->outputs();
    }
    return {};
  }

  /// Of a tensor, or of a list that has these elements.
  void set(Value& value, Values elements, const SeenTensors& seen) {
    if (is_tensor(value)) {
      if (seen.size() == 1) set(value, seen.front());
    } else if (elements.size() == seen.size()) {
      for (std::size_t i = 0; i < seen.size(); ++i) {
        if (is_tensor(*elements[i])) set(*elements[i], seen[i]);
      }
    }
  }

  void set(Value& value, const c10::TensorTypePtr& type) {
    if (type == nullptr) return;
    saved_.emplace_back(&value, value.type());
    value.setType(type);
  }

  static bool is_tensor(const Value& value) {
    return value.type()->kind() == c10::TypeKind::TensorType;
  }

  std::vector<std::pair<Value*, c10::TypePtr>> saved_;
};

TurnCost cost_of(Node& node, const Turn& turn) {
  const TypesOfTurn types(node, turn);
  const std::vector<const Value*> outputs = elements_of_outputs(node);
  return TurnCost{operation_cost(node, outputs), output_bytes(node, outputs)} * turn.times;
}

}  // namespace

TurnCost& TurnCost::operator+=(const TurnCost& other) {
  if (arithmetic && other.arithmetic) {
    arithmetic->macs += other.arithmetic->macs;
    arithmetic->flops += other.arithmetic->flops;
  } else {
    arithmetic.reset();
  }
  if (output_bytes && other.output_bytes) {
    *output_bytes += *other.output_bytes;
  } else {
    output_bytes.reset();
  }
  return *this;
}

TurnCost operator*(TurnCost cost, int64_t times) {
  if (cost.arithmetic) {
    cost.arithmetic->macs *= times;
    cost.arithmetic->flops *= times;
  }
  if (cost.output_bytes) *cost.output_bytes *= times;
  return cost;
}

std::unordered_map<const Node*, TurnCost> costs_of_turns(torch::jit::Graph& graph,
                                                         const ScriptRun& run) {
  std::unordered_map<const Node*, TurnCost> costs;
  for_each_node(*graph.block(), [&](Node* node) {
    const auto turns = run.turns.find(node);
    if (turns == run.turns.end() || turns->second.size() < 2) return;
    TurnCost sum = {OperationCost(), 0};
    for (const Turn& turn : turns->second) sum += cost_of(*node, turn);
    costs[node] = sum;
  });
  return costs;
}

}  // namespace suar::graph_export
