#pragma once

#include <optional>
#include <vector>

#include <suar/event.h>

#include "event_message.h"

namespace suar {

/// The numbers of a tensor of integers, booleans or floating-point numbers; empty for other tensors
/// and for content that holds no whole number of them.
std::optional<std::vector<double>> numbers_of(const TensorMessage& tensor);

/// The tensor with its elements in one form: as content, or as strings.
TensorValue tensor_value_of(const TensorMessage& tensor);

}  // namespace suar
