#pragma once

#include <functional>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include <suar/graph.h>

namespace suar {

/// Runs a model: input tensors to output tensors.
using ForwardFunction =
    std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>& inputs)>;

/// Settings of `export_graph`.
struct GraphExportOptions {
  /// First part of every name. Default: the class of the module ("Net").
  std::string root_name;
};

/// Traces one run of `forward` on `inputs` and returns the graph of the operations that it ran,
/// each under the module that ran it.
///
/// `module` owns the parameters and buffers that `forward` uses. The run happens in evaluation mode
/// and without gradients; training flags, buffers, gradients and the random state are left as they
/// were. Blocks for about the time of one forward pass. Not for a module that another thread is
/// training meanwhile.
///
/// Throws `suar::Error` when it is called inside another trace, or when `forward` uses a tensor
/// that requires a gradient but is registered nowhere in `module`; passes on what `forward` throws.
Graph export_graph(torch::nn::Module& module, const ForwardFunction& forward,
                   const std::vector<torch::Tensor>& inputs,
                   const GraphExportOptions& options = {});

}  // namespace suar
