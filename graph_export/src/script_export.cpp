#include <exception>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/utils.h>

#include <suar/error.h>
#include <suar/graph_export.h>

#include "call_log.h"
#include "control_numbers.h"
#include "graph_builder.h"
#include "model_record.h"
#include "operation_times.h"
#include "returned_values.h"
#include "script_attributes.h"
#include "script_error.h"
#include "script_folding.h"
#include "script_inlining.h"
#include "script_inputs.h"
#include "script_registry.h"
#include "script_run.h"
#include "script_sources.h"
#include "script_state.h"
#include "state_guard.h"
#include "tensor_reads.h"
#include "tracing.h"
#include "turn_costs.h"
#include "unconditional_results.h"
#include "value_types.h"

namespace suar {
namespace graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;
using JitGraph = std::shared_ptr<torch::jit::Graph>;

[[noreturn]] void fail(const ScriptRegistry& registry, const std::string& what) {
  throw Error("Exporting the graph of " + registry.root() + ": " + what);
}

/// Without the C++ call stack that LibTorch adds.
std::string message_of(const std::exception& error) {
  const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
  return of_torch == nullptr ? error.what() : of_torch->what_without_backtrace();
}

/// LibTorch would count the module as one of them.
void check_number(const std::vector<c10::IValue>& inputs, const torch::jit::Function& method,
                  const ScriptRegistry& registry) {
  const auto& schema = method.getSchema();
  const std::size_t most = schema.arguments().size() - 1;
  if (inputs.size() <= most) return;
  std::string names;
  for (std::size_t i = 1; i <= most; ++i) {
    names += (i == 1 ? " (" : ", ") + schema.arguments()[i].name();
  }
  fail(registry, "the method \"" + method.name() + "\" takes up to " + std::to_string(most) +
                     (most == 1 ? " input" : " inputs") + names + (most == 0 ? "" : ")") +
                     ", found " + std::to_string(inputs.size()));
}

/// A tuple as one with named fields where the method takes that.
c10::IValue with_names(const c10::IValue& value, const c10::TypePtr& type) {
  const auto tuple = type->cast<c10::TupleType>();
  if (tuple == nullptr || tuple->schema() == nullptr || !value.isTuple()) return value;
  std::vector<c10::IValue> elements = value.toTupleRef().elements();
  if (elements.size() != tuple->elements().size()) return value;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] = with_names(elements[i], tuple->elements()[i]);
  }
  return c10::ivalue::Tuple::createNamed(std::move(elements), tuple);
}

/// The module and copies of the inputs, with defaults for those that are missing.
std::vector<c10::IValue> make_stack(const torch::jit::Module& module, torch::jit::Function& method,
                                    const std::vector<c10::IValue>& inputs) {
  std::vector<c10::IValue> stack = {module._ivalue()};
  for (const c10::IValue& input : inputs) {
    const auto& argument = method.getSchema().arguments().at(stack.size());
    stack.push_back(with_names(input.deepcopy(), argument.type()));
  }
  method.getSchema().checkAndNormalizeInputs(stack, {});
  return stack;
}

std::set<AttributePath> paths_set_by_code(torch::jit::Graph& graph) {
  std::set<AttributePath> paths;
  for_each_node(*graph.block(), [&](const Node* node) {
    if (node->kind() != c10::prim::SetAttr) return;
    auto path = attribute_path(*node->input(0));
    if (!path) return;
    path->push_back(node->s(c10::attr::name));
    paths.insert(std::move(*path));
  });
  return paths;
}

/// Makes inputs of the graph of the tensors that the code takes from the module. Where it also sets
/// them, what it takes differs from place to place: these are left in the code.
void lift_tensors(torch::jit::Graph& graph, const torch::jit::Module& module,
                  ScriptRegistry& registry, ModelRecord& record) {
  const std::set<AttributePath> set_by_code = paths_set_by_code(graph);
  std::unordered_map<std::size_t, Value*> values;
  std::map<AttributePath, Value*> lists;
  const auto value_of = [&](const torch::Tensor& tensor, const std::string& name) {
    const std::size_t index = registry.index_of(tensor, name);
    Value*& value = values[index];
    if (value == nullptr) {
      value = graph.addInput();
      value->setType(c10::TensorType::create(tensor));
      record.tensors[value] = registry.tensors()[index].place;
    }
    return value;
  };
  for_each_node(*graph.block(), [&](Node* node) {
    if (node->kind() != c10::prim::GetAttr) return;
    const auto path = attribute_path(*node->output());
    const auto found = path ? attribute_at(module, *path) : std::nullopt;
    if (!found) return;
    const std::string& name = node->s(c10::attr::name);
    const bool is_tensor = found->isTensor() && found->toTensor().defined();
    if (set_by_code.count(*path) != 0) {
      if (is_tensor) record.attributes[*path] = value_of(found->toTensor(), name);
    } else if (is_tensor) {
      node->output()->replaceAllUsesWith(value_of(found->toTensor(), name));
    } else if (found->isTensorList()) {
      Value*& list = lists[*path];
      if (list == nullptr) {
        std::vector<Value*> elements;
        for (const torch::Tensor& tensor : found->toTensorVector()) {
          if (tensor.defined()) elements.push_back(value_of(tensor, name));
        }
        // One for all places: what is appended in one of them is seen in the next.
        const torch::jit::WithInsertPoint at_begin(*graph.nodes().begin());
        list = graph.insertNode(graph.createList(c10::TensorType::get(), elements))->output();
      }
      node->output()->replaceAllUsesWith(list);
    }
  });
}

void collect_scopes(torch::jit::Graph& graph, ModelRecord& record) {
  for_each_node(*graph.block(), [&](Node* node) {
    if (node->scope() && !node->scope()->isBlank()) record.scopes[node] = node->scopeName();
  });
}

void collect_output_shapes(torch::jit::Graph& graph, ModelRecord& record) {
  const auto returned = returned_values(*graph.block());
  for (GraphModule& module : record.modules) {
    const auto value = returned.find(module.scope);
    if (value != returned.end()) module.output_shape = shape_of(*value->second);
  }
}

void collect_sources(torch::jit::Graph& graph, ModelRecord& record) {
  for_each_node(*graph.block(), [&](Node* node) {
    if (const auto source = script_source(*node)) record.sources[node] = *source;
  });
}

torch::jit::GraphFunction& method_of(const torch::jit::Module& module,
                                     const ScriptRegistry& registry, const std::string& name) {
  const auto method = module.find_method(name);
  auto* function = method ? torch::jit::tryToGraphFunction(method->function()) : nullptr;
  if (function == nullptr) {
    std::string known;
    for (const auto& other : module.get_methods()) {
      known += (known.empty() ? "" : ", ") + other.name();
    }
    fail(registry, "expected a method \"" + name + "\", found " +
                       (known.empty() ? std::string("none") : known));
  }
  return *function;
}

Graph export_method(const torch::jit::Module& module, const std::vector<c10::IValue>* inputs,
                    const GraphExportOptions& options) {
  const torch::NoGradGuard no_grad;
  ScriptRegistry registry(module, options.root_name());
  require_no_trace(registry.root());
  if (inputs == nullptr && options.timed_runs() > 0) {
    fail(registry, "times were expected to be measured in " + std::to_string(options.timed_runs()) +
                       " runs, but there are no inputs to run it on");
  }
  torch::jit::GraphFunction& method = method_of(module, registry, options.method());
  if (inputs != nullptr) check_number(*inputs, method, registry);
  const JitGraph graph = method.graph()->copy();
  const std::vector<Value*> method_inputs = graph->inputs().slice(1).vec();
  ModelRecord record;
  record.graph = graph;
  record.modules = registry.modules();
  try {
    inline_calls(graph, registry.root());
    fold_attributes(*graph->block(), module);
    fold_identities(*graph->block());
    splice_branches(*graph->block());
    simplify(graph);
    if (inputs == nullptr) {
      leave_out_errors(*graph->block());
    } else {
      ScriptState state(module);
      std::vector<torch::Tensor> tensors = state.tensors_in_containers();
      for (const ScriptTensor& tensor : registry.tensors()) tensors.push_back(tensor.tensor);
      const StateGuard tensors_and_generators(tensors);
      std::optional<CallLog> log;
      if (options.timed_runs() > 0) log.emplace();
      ScriptRun run = observe_run(graph, options.method(), make_stack(module, method, *inputs));
      if (log) {
        const std::vector<OperatorCall> calls = log->calls();
        log.reset();
        record.microseconds = measure_operations(run.calls, calls, options.timed_runs(), [&] {
          state.restore();
          run_script(graph, options.method(), make_stack(module, method, *inputs));
        });
      }
      leave_out_errors(*graph->block());
      mark_reads(*graph);
      record.executions = fold_run(*graph, run);
      simplify(graph);
      record.reads = take_marked_reads(*graph);
      record.turn_costs = costs_of_turns(*graph, run);
      record.list_types = list_types(*graph, run);
    }
    lift_tensors(*graph, module, registry, record);
    record.inputs = split_inputs(*graph, method_inputs,
                                 inputs == nullptr ? std::vector<c10::IValue>() : *inputs);
    take_unconditional_results(*graph->block());
    dissolve_control_numbers(*graph->block());
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail(registry, "the method \"" + options.method() +
                       "\" failed: " + explain_script_error(message_of(error)));
  }
  collect_scopes(*graph, record);
  collect_output_shapes(*graph, record);
  if (options.source_locations()) collect_sources(*graph, record);
  return build_graph(record);
}

}  // namespace
}  // namespace graph_export

Graph export_graph(const torch::jit::Module& module, const std::vector<c10::IValue>& inputs,
                   const GraphExportOptions& options) {
  return graph_export::export_method(module, &inputs, options);
}

Graph export_graph(const torch::jit::Module& module, const torch::Tensor& input,
                   const GraphExportOptions& options) {
  return export_graph(module, std::vector<c10::IValue>{input}, options);
}

Graph export_graph(const torch::jit::Module& module, const GraphExportOptions& options) {
  return graph_export::export_method(module, nullptr, options);
}

}  // namespace suar
