#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <suar/graph.h>

namespace suar {

/// What a node, a module or a whole model costs.
struct GraphCost {
  int64_t parameters = 0;            ///< elements of the parameters
  int64_t trainable_parameters = 0;  ///< of these: that require gradients
  int64_t constants = 0;         ///< elements of constant tensors: the weights of a frozen model
  int64_t macs = 0;              ///< multiply-adds of convolutions and matrix products
  int64_t flops = 0;             ///< arithmetic of all operations: two for a multiply-add
  int64_t activation_bytes = 0;  ///< memory of what operations compute, views left out
  int64_t parameter_bytes = 0;   ///< memory of the parameters
  int64_t buffer_bytes = 0;      ///< memory of the buffers
  int64_t constant_bytes = 0;    ///< memory of constant tensors
  int64_t input_bytes = 0;       ///< memory of the model's inputs
  double microseconds = 0;       ///< measured, see `GraphExportOptions::timed_runs`
  int64_t operations = 0;        ///< number of operations
  int64_t unknown = 0;           ///< of these: how many have no known number of flops
};

/// Reads the attributes that have the names of the above and that `export_graph` gives to nodes.
/// How flops are counted: convolutions and matrix products by their multiply-adds (and one for each
/// output of a bias), normalisation and softmax 5 an element, activations and arithmetic 1 an
/// element, pooling the size of the window an output, interpolation two for each point that it
/// weighs, reductions 1 an input, Fourier transforms 5 n log2 n (of real numbers half of it),
/// losses by their formulas, movements of data 0. Quantized layers of TorchScript count as others,
/// where their packed weights can be unpacked.
GraphCost cost_of(const GraphNode& node);

/// The sum for every scope ("Net/layer1") of all nodes below it; the whole model is under "". What
/// a module runs in a branch or loop of another one ("Net/loop/layer1", with the attribute
/// "module") counts in both. The parameters and buffers are those of `Graph::modules`, also where
/// no operation uses them; of a graph without modules, such as one that was read from a file, those
/// of its nodes.
std::map<std::string, GraphCost> cost_by_scope(const Graph& graph);

}  // namespace suar
