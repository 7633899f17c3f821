#include "attention_cost.h"

#include <algorithm>
#include <variant>

namespace suar::graph_export {
namespace {

constexpr int64_t kNormalisation = 5;  // an element, as softmax

int64_t rows_of(const CostedOperation& operation, std::size_t input) {
  return operation.elements(input) / std::max<int64_t>(1, operation.size_from_end(input, 0));
}

/// Elements of the queries are scaled; `pairs` are those of a query and a key, one for each head.
OperationCost attention_of(int64_t query_elements, int64_t pairs, int64_t macs, bool is_masked) {
  return multiply_adds(macs, query_elements + pairs * (kNormalisation + (is_masked ? 1 : 0)));
}

/// A linear layer with a bias, of so many rows, by a part of the rows of its weight.
OperationCost projection(int64_t rows, int64_t in, int64_t out) {
  return multiply_adds(rows * in * out, rows * out);
}

/// With the weight of all projections in being of 3 times E rows, and the one out of E rows.
OperationCost multi_head(int64_t queries, int64_t keys, int64_t keys_of_a_query, int64_t features,
                         int64_t heads, bool is_masked) {
  const int64_t pairs = queries * keys_of_a_query;
  return projection(queries, features, features) + projection(keys, features, 2 * features) +
         attention_of(queries * features, pairs * heads, 2 * pairs * features, is_masked) +
         projection(queries, features, features);
}

int64_t integer(const CostedOperation& operation, const char* argument) {
  const auto value = operation.constant(argument);
  if (!value || !std::holds_alternative<int64_t>(*value)) throw UnknownShape();
  return std::get<int64_t>(*value);
}

}  // namespace

OperationCost attention_cost(const CostedOperation& operation) {
  const int64_t scores = rows_of(operation, 0) * operation.size_from_end(1, 1);
  const int64_t macs = scores * (operation.size_from_end(0, 0) + operation.size_from_end(2, 0));
  const bool is_masked = operation.is_tensor(3) || operation.is_true("is_causal");
  OperationCost cost = attention_of(operation.elements(0), scores, macs, is_masked);
  const auto dropout = operation.constant("dropout_p");
  if (dropout && std::holds_alternative<double>(*dropout) && std::get<double>(*dropout) > 0) {
    cost.flops += 2 * scores;
  }
  return cost;
}

OperationCost multi_head_attention_cost(const CostedOperation& operation) {
  constexpr std::size_t kQuery = 0, kKey = 1, kMask = 9;
  const int64_t queries = rows_of(operation, kQuery);
  const int64_t keys_of_a_query = operation.size_from_end(kKey, 1);
  const int64_t heads = integer(operation, "num_head");
  OperationCost cost =
      multi_head(queries, rows_of(operation, kKey), keys_of_a_query,
                 operation.size_from_end(kQuery, 0), heads, operation.is_tensor(kMask));
  if (operation.is_true("need_weights") && operation.is_true("average_attn_weights")) {
    cost.flops += queries * keys_of_a_query * (heads + 1);
  }
  return cost;
}

OperationCost encoder_layer_cost(const CostedOperation& operation) {
  constexpr std::size_t kInput = 0, kFeedForwardWeight = 14, kMask = 18;
  const int64_t tokens = rows_of(operation, kInput);
  const int64_t features = operation.size_from_end(kInput, 0);
  const int64_t wide = operation.size_from_end(kFeedForwardWeight, 1);
  OperationCost cost = multi_head(tokens, tokens, operation.size_from_end(kInput, 1), features,
                                  integer(operation, "num_heads"), operation.is_tensor(kMask)) +
                       projection(tokens, features, wide) + projection(tokens, wide, features);
  const int64_t elements = tokens * features;
  cost.flops += tokens * wide;                  // the activation
  cost.flops += 2 * elements;                   // what bypasses attention and feed-forward part
  cost.flops += 2 * kNormalisation * elements;  // layer norms
  return cost;
}

}  // namespace suar::graph_export
