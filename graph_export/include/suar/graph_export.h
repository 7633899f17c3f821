#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <torch/arg.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <suar/forward_function.h>
#include <suar/graph.h>
#include <suar/graph_scope.h>

namespace suar {

/// Settings of `export_graph`: `GraphExportOptions().root_name("Net").timed_runs(5)`.
struct GraphExportOptions {
  /// First part of every name. Default: the class of the module, without namespace and "Impl"
  /// ("Net").
  TORCH_ARG(std::string, root_name);

  /// Number of runs in which the time of each operation is measured, after one to warm up; 0 is
  /// none. The median becomes the attribute "microseconds" (`double`) of its node. It is the time
  /// until the call returned: on an accelerator, that of the launch. Needs inputs.
  TORCH_ARG(int, timed_runs) = 0;

  /// Tells of each operation the line of the user's code that ran it: `file` and `line` of its
  /// node. Of a `torch::nn::Module`, where the program has debug information (`-g`) and Suar was
  /// built with elfutils; reading it takes tens of milliseconds, once in a process for each
  /// operation. Which functions the compiler put into their callers is then known, too, and with
  /// that the scopes of their operations. Of a TorchScript module, the line of Python, where its
  /// file tells it.
  TORCH_ARG(bool, source_locations) = true;

  /// Of a `torch::nn::Module`: leaves the module itself alone, so that other threads may run it
  /// meanwhile, as LibTorch lets several threads run one module. It must be in evaluation mode, in
  /// which LibTorch's modules change nothing; what a `forward` changes all the same, and what it
  /// takes of the random numbers, stays so, as after any run: it cannot be told from what the other
  /// threads do. For a TorchScript module there is nothing to choose.
  /// Children of a `torch::nn::Sequential` are then known by the call stack only: of two equal
  /// neighbours without parameters, the first one gets the operations of both.
  TORCH_ARG(bool, shared_with_threads) = false;

  /// Of a TorchScript module: the method to export. Of a `torch::nn::Module` give a function that
  /// calls another one than `forward`.
  TORCH_ARG(std::string, method) = "forward";
};

namespace detail {

template <typename Model>
std::enable_if_t<std::is_base_of_v<torch::nn::Module, Model>, Model&> model_of(Model& model) {
  return model;
}
template <typename Model>
Model& model_of(const torch::nn::ModuleHolder<Model>& holder) {
  return *holder.ptr();
}
template <typename Model>
Model& model_of(const std::shared_ptr<Model>& pointer) {
  return *pointer;
}

template <typename Type, typename = void>
struct IsModel : std::false_type {};
template <typename Type>
struct IsModel<Type, std::void_t<decltype(model_of(std::declval<Type&>()))>> : std::true_type {};

/// What may stand for a model that no module is known of.
struct Function : torch::nn::Module {};

template <typename Type>
constexpr bool is_function =
    !IsModel<Type>::value && !std::is_convertible_v<Type, torch::TensorList> &&
    !std::is_same_v<std::decay_t<Type>, torch::jit::Module>;

/// What all of the below come to.
Graph export_run(torch::nn::Module& module, const ForwardFunction& forward,
                 torch::TensorList inputs, const GraphExportOptions& options);

}  // namespace detail

/// Traces one run of a model's `forward` on `inputs` and returns the graph of the operations that
/// it ran, each under the module that ran it:
///
///     suar::Graph graph = suar::export_graph(net, {tokens, mask});
///
/// The model is a `torch::nn::Module`, or a `torch::nn::ModuleHolder` or `std::shared_ptr` of one.
/// Its `forward` takes up to twelve tensors, or a `std::vector<Tensor>`. It may return a tensor, or
/// a tuple, pair, array, vector or optional of what it may return. The run happens on copies of the
/// inputs, in evaluation mode and without gradients; training flags, parameters and buffers (also
/// those that `forward` changes in place) with their versions, gradients and the random state are
/// left as they were, also when `forward` throws. That holds for what this thread changes through
/// operators of LibTorch, a backward pass that `forward` runs on the CPU among them. What code
/// writes through a pointer (`data_ptr()`), what threads write that `forward` starts, and what a
/// backward pass writes in LibTorch's own thread for an accelerator, stays, but for gradients that
/// come or are exchanged: those of before are put back. With `shared_with_threads` only what is
/// said there holds. Inputs must be on the module's device. Blocks for one forward pass and some
/// ten microseconds an operation; the first call in a process also reads the symbol tables of the
/// program and of LibTorch, which takes tens of milliseconds. Not for a module that another thread
/// uses meanwhile, but with `shared_with_threads`.
///
/// Names are unique and begin with the class: operations "Net/conv1/_convolution", parameters
/// "Net/conv1/weight" (op "Parameter"; buffers "Buffer"), inputs "input/x", "input/x_1" (op
/// "Input"), outputs "output/y" (op "Output"). A repeated name gets "_1", "_2", ...; no name is
/// also a scope. Constant arguments are attributes under their name in the operation's schema
/// ("stride"). Left out is what reaches no output, changes no tensor and gives the code no number.
///
/// Every node has the attribute "dtype" ("float32"; a list where its outputs differ), operations
/// also "activation_bytes" (memory of their outputs; 0 for views and changes in place), "flops" and
/// "macs"; parameters, buffers, constants and inputs tell their elements and bytes: see
/// graph_cost.h.
///
/// Which module ran an operation is known for the children of `torch::nn::Sequential`, inside a
/// `GraphScope`, and for modules of LibTorch and classes of the program that the call stack names
/// (for that, the program needs its symbol table, not its debug information: it must not be
/// stripped). Inferred, thus perhaps wrong, is which of several modules of one class without
/// parameters ran (taken in order of registration, or that of LibTorch's Transformers), and, in a
/// program without debug information, what a class does whose `forward` the compiler put into its
/// caller: then operations on its own parameters are placed under it, and functional ones where
/// they run between its parts or in its turn of a loop. In a stripped program that inference is all
/// there is for classes of the program. Put a `SUAR_SCOPE` into such a `forward` to be sure.
///
/// A branch in `forward` shows only the side that ran; a loop shows every turn. Tensors that are
/// registered nowhere become nodes of op "Constant"; scalars become attributes.
///
/// Replaces, once in a process, the hook of `torch::jit::tracer::setRecordSourceLocation`.
///
/// Throws `suar::Error` when it is called inside another trace, when `forward` uses a tensor that
/// requires a gradient or is sparse, but is registered nowhere in the model, when `forward` does
/// not take this number of tensors, and for an option that is not for a `torch::nn::Module`; passes
/// on what `forward` throws.
template <typename Model>
std::enable_if_t<detail::IsModel<Model>::value, Graph> export_graph(
    Model&& model, torch::TensorList inputs, const GraphExportOptions& options = {}) {
  auto& module = detail::model_of(model);
  return detail::export_run(module, forward_function(module), inputs, options);
}

/// The same for a function that runs the model, which holds the parameters and buffers, with
/// arguments and a result as a `forward` has:
///
///     suar::export_graph(net, [&](torch::Tensor x) { return net->decode(x, 4); }, tokens)
template <typename Model, typename Run>
std::enable_if_t<detail::IsModel<Model>::value && detail::is_function<Run>, Graph> export_graph(
    Model&& model, Run&& run, torch::TensorList inputs, const GraphExportOptions& options = {}) {
  return detail::export_run(detail::model_of(model), tensor_function(std::ref(run)), inputs,
                            options);
}

/// The same for a function alone. No modules are known then: everything is in the scope "Function",
/// or in that of a `GraphScope`, and tensors that it brings along are constants. They must not
/// require gradients: for parameters, give the module that holds them, too.
template <typename Run>
std::enable_if_t<detail::is_function<Run>, Graph> export_graph(
    Run&& run, torch::TensorList inputs, const GraphExportOptions& options = {}) {
  detail::Function function;
  function.eval();
  return export_graph(function, std::forward<Run>(run), inputs, options);
}

/// The graph of a TorchScript module (`torch::jit::load("model.pt")`), as it runs on these inputs.
///
/// The run happens on copies of the inputs, as if in evaluation mode and without gradients, on a
/// copy of the method's code; the module is left as it was. Other threads may run it meanwhile,
/// unless its code changes attributes or buffers even in evaluation mode.
/// Names, attributes and costs are as for a `torch::nn::Module`; scopes are always exact. Of a
/// branch, the side that ran is shown; of one in a loop whose sides both ran, both: under the
/// scopes "if/then", "if/else", with "if/select" (op "prim::If") where it must choose. A loop is
/// a scope "loop" with its body once, sizes that differ from turn to turn being unknown, and a
/// node "loop/result" (op "prim::Loop") with the attribute "trip_count", the number of turns in
/// all. What a module runs there has the attribute "module", its scope, and counts in both; costs
/// are those of all turns, each with its own sizes. Calls of functions and methods are shown as
/// what they do; what only asks for sizes, types or whether a value is there is not shown, nor are
/// flags that only decide which way the code goes, and that an attribute of the module is set.
///
/// A tuple, list or dictionary of tensors that is an input is a node for each of them: "input/x.0",
/// "input/x.left". What the code takes out of it comes from there; "__getitem__" is shown where a
/// loop takes another one in every turn. A plain tuple is taken for one with named fields. Outputs
/// are a node for each tensor, too, "output/left.a" by the keys of dictionaries, and also numbers
/// that are computed from tensors; a list or dictionary that a loop filled is one output.
/// `Graph::modules` tell the shapes that they returned.
///
/// Blocks for one run and some milliseconds. Throws `suar::Error` when the module has no such
/// method, when it does not take these inputs, and when it throws itself.
Graph export_graph(const torch::jit::Module& module, const std::vector<c10::IValue>& inputs,
                   const GraphExportOptions& options = {});

/// The same for a single tensor.
Graph export_graph(const torch::jit::Module& module, const torch::Tensor& input,
                   const GraphExportOptions& options = {});

/// The same without a run: the structure only. Shapes are known of parameters and buffers alone, of
/// every branch both sides are shown but those that only raise an error, and a list or dictionary
/// that is an input is a node for each element that the code looks up; one node where it does more
/// with it. Throws `suar::Error` where times are asked for.
Graph export_graph(const torch::jit::Module& module, const GraphExportOptions& options = {});

}  // namespace suar
