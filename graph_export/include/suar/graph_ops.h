#pragma once

#include <suar/graph.h>

namespace suar {

/// `GraphNode::op` of the nodes that no operation of LibTorch ("aten::relu") stands behind.
namespace graph_op {

inline constexpr char kInput[] = "Input";
inline constexpr char kOutput[] = "Output";
inline constexpr char kParameter[] = "Parameter";
inline constexpr char kBuffer[] = "Buffer";
inline constexpr char kConstant[] = "Constant";  ///< a tensor that is registered nowhere

}  // namespace graph_op

/// True for parameters, buffers and constants.
inline bool is_stored_tensor(const GraphNode& node) {
  return node.op == graph_op::kParameter || node.op == graph_op::kBuffer ||
         node.op == graph_op::kConstant;
}

/// True for what computes something.
inline bool is_operation(const GraphNode& node) {
  return !is_stored_tensor(node) && node.op != graph_op::kInput && node.op != graph_op::kOutput;
}

}  // namespace suar
