#include "loss_cost.h"

#include <algorithm>
#include <variant>

#include <c10/core/ScalarType.h>

#include "value_types.h"

namespace suar::graph_export {
namespace {

constexpr std::size_t kInput = 0, kTarget = 1, kWeight = 2, kPositiveWeight = 3;
constexpr int64_t kSoftmax = 5;  // an element

int64_t integer(const CostedOperation& operation, const char* argument) {
  const auto value = operation.constant(argument);
  if (!value || !std::holds_alternative<int64_t>(*value)) throw UnknownShape();
  return std::get<int64_t>(*value);
}

/// 1 where the losses of all elements are summed up.
int64_t sums(const CostedOperation& operation) {
  return integer(operation, "reduction") == 0 ? 0 : 1;
}

int64_t pairs_of(const CostedOperation& operation) {
  return std::max(operation.elements(kInput), operation.elements(kTarget));
}

}  // namespace

template <int operations>
OperationCost element_loss_cost(const CostedOperation& operation) {
  int64_t each = operations + sums(operation);
  for (const std::size_t weight : {kWeight, kPositiveWeight}) {
    if (operation.is_tensor(weight)) ++each;
  }
  return {0, each * pairs_of(operation)};
}

template OperationCost element_loss_cost<2>(const CostedOperation&);
template OperationCost element_loss_cost<3>(const CostedOperation&);
template OperationCost element_loss_cost<4>(const CostedOperation&);
template OperationCost element_loss_cost<7>(const CostedOperation&);
template OperationCost element_loss_cost<8>(const CostedOperation&);

OperationCost class_loss_cost(const CostedOperation& operation) {
  const int64_t each = 1 + (operation.is_tensor(kWeight) ? 1 : 0) + sums(operation);
  return {0, each * operation.elements(kTarget)};
}

OperationCost cross_entropy_cost(const CostedOperation& operation) {
  const OperationCost softmax = {0, kSoftmax * operation.elements(kInput)};
  const auto type = scalar_type_of(operation.input(kTarget));
  if (!type) throw UnknownShape();
  if (!c10::isFloatingType(*type)) return softmax + class_loss_cost(operation);
  const int64_t each = 2 + (operation.is_tensor(kWeight) ? 1 : 0);
  return softmax + OperationCost{0, each * operation.elements(kTarget)};
}

OperationCost cosine_similarity_cost(const CostedOperation& operation) {
  const auto reach = [&](std::size_t input) {
    const GraphShape sizes = operation.shape(input);
    const auto rank = static_cast<int64_t>(sizes.size());
    const int64_t given = integer(operation, "dim");
    const int64_t dimension = given < 0 ? given + rank : given;
    if (dimension < 0 || dimension >= rank) throw UnknownShape();
    return sizes[static_cast<std::size_t>(dimension)];
  };
  const int64_t elements = operation.output_elements();
  return {0, elements * (6 * std::max(reach(0), reach(1)) + 3)};
}

}  // namespace suar::graph_export
