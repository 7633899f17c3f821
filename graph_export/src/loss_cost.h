#pragma once

#include "cost_model.h"
#include "costed_operation.h"

namespace suar::graph_export {

/// What losses cost, input 0 being the prediction and 1 the target. The operations of their formula
/// for each pair of elements: 2 of `mse_loss` (a difference and a square) and `l1_loss`, 3 of
/// `kl_div` and `soft_margin_loss`, 4 of `huber_loss` and `smooth_l1_loss`, 7 of
/// `binary_cross_entropy`, 8 of that with logits; one more for each kind of weights that is given,
/// and one for the sum or mean, where it is taken.
template <int operations>
OperationCost element_loss_cost(const CostedOperation& operation);

/// `nll_loss`: that for each target, of all scores only those of the target's class being used.
OperationCost class_loss_cost(const CostedOperation& operation);

/// `cross_entropy_loss`: softmax and the same; where targets are probabilities, a product and a sum
/// for each of them.
OperationCost cross_entropy_cost(const CostedOperation& operation);

/// `cosine_similarity`: the products of each pair of elements with each other and themselves, their
/// sums, and three operations with these.
OperationCost cosine_similarity_cost(const CostedOperation& operation);

}  // namespace suar::graph_export
