#pragma once

#include "cost_model.h"
#include "costed_operation.h"

namespace suar::graph_export {

/// softmax(Q K^T) V with Q [..., L, E], K [..., S, E], V [..., S, F]; a mask is input 3.
OperationCost attention_cost(const CostedOperation& operation);

/// A multi-head attention as one operation (`_native_multi_head_attention`) on [batch, time,
/// features], with its projections. It costs what its parts cost by themselves.
OperationCost multi_head_attention_cost(const CostedOperation& operation);

/// A layer of a Transformer encoder as one operation (`_transformer_encoder_layer_fwd`) on [batch,
/// time, features]. It costs what its parts cost by themselves.
OperationCost encoder_layer_cost(const CostedOperation& operation);

}  // namespace suar::graph_export
