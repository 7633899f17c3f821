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

class Observer {
 public:
  void observe(const Value* value, const c10::IValue& seen) {
    claim_calls(value->node());
    ObservedValue& observed = run_.values[value];
    const bool is_first = observed.times++ == 0;
    if (seen.isTensor()) {
      if (seen.toTensor().defined()) merge_type(seen.toTensor(), observed.type);
    } else if (seen.isTensorList()) {
      observe_elements(seen.toTensorVector(), is_first, observed.elements);
    } else if (may_become_constant(seen)) {
      if (is_first) {
        observed.constant = seen.deepcopy();
      } else if (observed.constant && !c10::_fastEqualsForContainer(*observed.constant, seen)) {
        observed.constant.reset();
      }
    }
  }

  ScriptRun take() { return std::move(run_); }

 private:
  static void merge_type(const torch::Tensor& tensor, c10::TensorTypePtr& type) {
    const auto seen = c10::TensorType::create(tensor);
    type = type ? type->merge(*seen) : seen;
  }

  static void observe_elements(const std::vector<torch::Tensor>& seen, bool is_first,
                               std::vector<c10::TensorTypePtr>& elements) {
    if (is_first) elements.resize(seen.size());
    const bool are_defined =
        std::all_of(seen.begin(), seen.end(), [](const auto& tensor) { return tensor.defined(); });
    if (seen.size() != elements.size() || !are_defined) {
      elements.clear();
      return;
    }
    for (std::size_t i = 0; i < seen.size(); ++i) merge_type(seen[i], elements[i]);
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
