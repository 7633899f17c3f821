#pragma once

#include "cost_model.h"
#include "costed_operation.h"

namespace suar::graph_export {

/// Operands are multiplied from the left on, two at a time, as LibTorch does; what stands in one
/// operand only and is summed over is summed first.
OperationCost einsum_cost(const CostedOperation& operation);

/// The product of a list of matrices in the cheapest order, which LibTorch takes; the first and
/// the last may be vectors.
OperationCost product_chain_cost(const CostedOperation& operation);

}  // namespace suar::graph_export
