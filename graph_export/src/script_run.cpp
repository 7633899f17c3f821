#include "script_run.h"

#include <algorithm>
#include <utility>

#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/interpreter.h>
#include <torch/types.h>

#include "call_log.h"
#include "script_attributes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

SeenTensors tensors_in(const c10::IValue& value) {
  std::vector<torch::Tensor> tensors;
  if (value.isTensor()) {
    tensors.push_back(value.toTensor());
  } else if (value.isTensorList()) {
    tensors = value.toTensorVector();
  }
  SeenTensors types;
  for (const torch::Tensor& tensor : tensors) {
    types.push_back(tensor.defined() ? c10::TensorType::create(tensor) : nullptr);
  }
  return types;
}

bool are_same(const SeenTensors& some, const SeenTensors& others) {
  return std::equal(some.begin(), some.end(), others.begin(), others.end(),
                    [](const c10::TensorTypePtr& a, const c10::TensorTypePtr& b) {
                      return a == b || (a != nullptr && b != nullptr && *a == *b);
                    });
}

bool are_same(const std::vector<SeenTensors>& some, const std::vector<SeenTensors>& others) {
  return std::equal(some.begin(), some.end(), others.begin(), others.end(),
                    [](const auto& a, const auto& b) { return are_same(a, b); });
}

class Observer {
 public:
  void observe(const Value* value, const c10::IValue& seen) {
    claim_calls(value->node());
    ObservedValue& observed = run_.values[value];
    const bool is_first = observed.times++ == 0;
    SeenTensors tensors = tensors_in(seen);
    if (seen.isTensor()) {
      if (tensors.front()) merge_type(tensors.front(), observed.type);
    } else if (seen.isTensorList()) {
      observe_elements(tensors, is_first, observed.elements);
      for (const c10::TensorTypePtr& tensor : tensors) {
        if (tensor) merge_type(tensor, observed.element);
      }
    } else if (may_become_constant(seen)) {
      if (is_first) {
        observed.constant = seen.deepcopy();
      } else if (observed.constant && !c10::_fastEqualsForContainer(*observed.constant, seen)) {
        observed.constant.reset();
      }
    }
    SeenTensors& latest = latest_[value];
    if (is_first || !are_same(latest, tensors)) latest = std::move(tensors);
    const Node& node = *value->node();
    const bool is_operation = node.kind() != c10::prim::Param && node.blocks().empty();
    // The outputs of a node come with the first one last.
    if (is_operation && value->offset() == 0) note_turn(node);
  }

  ScriptRun take() { return std::move(run_); }

 private:
  static void merge_type(const c10::TensorTypePtr& seen, c10::TensorTypePtr& type) {
    type = type ? type->merge(*seen) : seen;
  }

  static void observe_elements(const SeenTensors& seen, bool is_first, SeenTensors& elements) {
    if (is_first) elements.resize(seen.size());
    const bool are_defined = std::find(seen.begin(), seen.end(), nullptr) == seen.end();
    if (seen.size() != elements.size() || !are_defined) {
      elements.clear();
      return;
    }
    for (std::size_t i = 0; i < seen.size(); ++i) merge_type(seen[i], elements[i]);
  }

  void note_turn(const Node& node) {
    Turn turn;
    for (const Value* input : node.inputs()) turn.inputs.push_back(latest_of(*input));
    for (const Value* output : node.outputs()) turn.outputs.push_back(latest_of(*output));
    // One that comes again comes soon; what differs all the time is not searched for long.
    constexpr std::ptrdiff_t kSearched = 8;
    std::vector<Turn>& turns = run_.turns[&node];
    const auto end = turns.rbegin() +
                     std::min<std::ptrdiff_t>(kSearched, static_cast<std::ptrdiff_t>(turns.size()));
    const auto same = std::find_if(turns.rbegin(), end, [&](const Turn& other) {
      return are_same(other.inputs, turn.inputs) && are_same(other.outputs, turn.outputs);
    });
    if (same != end) {
      ++same->times;
    } else {
      turn.times = 1;
      turns.push_back(std::move(turn));
    }
  }

  SeenTensors latest_of(const Value& value) const {
    const auto latest = latest_.find(&value);
    return latest == latest_.end() ? SeenTensors() : latest->second;
  }

  /// What was called since the last value came is what computed this one.
  void claim_calls(const Node* node) {
    const CallLog* log = CallLog::current();
    if (log == nullptr) return;
    for (; claimed_ < log->calls().size(); ++claimed_) {
      if (!log->calls()[claimed_].is_inside) run_.calls[node].push_back(claimed_);
    }
  }

  ScriptRun run_;
  std::unordered_map<const Value*, SeenTensors> latest_;
  std::size_t claimed_ = 0;
};

/// Nodes that hand the values of a graph to an observer, until the end of the block.
class Probes {
 public:
  Probes(torch::jit::Graph& graph, Observer& observer) : graph_(graph), observer_(observer) {
    std::vector<Node*> nodes;
    for_each_node(*graph.block(), [&](Node* node) { nodes.push_back(node); });
    for (Node* node : nodes) {
      if (node->kind() == c10::prim::Constant) continue;
      for (Value* output : node->outputs()) make(output)->insertAfter(node);
      for (torch::jit::Block* block : node->blocks()) {
        for (Value* input : block->inputs()) block->prependNode(make(input));
      }
    }
  }
  ~Probes() {
    for (Node* probe : probes_) probe->destroy();
  }
  Probes(const Probes&) = delete;
  Probes& operator=(const Probes&) = delete;

 private:
  Node* make(Value* value) {
    auto* probe = new torch::jit::ProfileIValueOp(
        &graph_, [&observer = observer_, value](std::vector<c10::IValue>& stack) {
          stack.pop_back();  // the frame of the interpreter
          observer.observe(value, stack.back());
        });
    probe->addInput(value);
    probe->addOutput()->setType(value->type());
    probes_.push_back(probe);
    return probe;
  }

  torch::jit::Graph& graph_;
  Observer& observer_;
  std::vector<Node*> probes_;
};

}  // namespace

bool may_become_constant(const c10::IValue& value) {
  return value.isInt() || value.isDouble() || value.isBool() || value.isString() ||
         value.isNone() || value.isDevice() || value.isIntList() || value.isDoubleList() ||
         value.isBoolList();
}

ScriptRun observe_run(const std::shared_ptr<torch::jit::Graph>& graph, const std::string& method,
                      std::vector<c10::IValue> stack) {
  Observer observer;
  for (std::size_t i = 0; i < stack.size() && i < graph->inputs().size(); ++i) {
    observer.observe(graph->inputs()[i], stack[i]);
  }
  const Probes probes(*graph, observer);
  run_script(graph, method, std::move(stack));
  return observer.take();
}

void run_script(const std::shared_ptr<torch::jit::Graph>& graph, const std::string& method,
                std::vector<c10::IValue> stack) {
  const torch::jit::Code code(graph, method);
  torch::jit::InterpreterState(code).run(stack);
}

}  // namespace suar::graph_export
