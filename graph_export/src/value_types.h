#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/jit_type.h>
#include <c10/core/ScalarType.h>

#include <suar/graph.h>

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// What is known of a tensor; null for what is none.
c10::TensorTypePtr tensor_type_of(const torch::jit::Value& value);

/// The sizes of a tensor, -1 where one of them is not known; empty where its rank is not known and
/// for what is no tensor.
std::optional<GraphShape> shape_of(const torch::jit::Value& value);

std::optional<c10::ScalarType> scalar_type_of(const torch::jit::Value& value);

/// "/device:GPU:0", that of the first type that tells one; else empty.
std::string device_of(const std::vector<c10::TensorTypePtr>& types);

/// The product of the sizes; empty where one of them is not known.
std::optional<int64_t> element_count(const GraphShape& shape);

/// Memory of a tensor's elements; empty where a size or the type is not known.
std::optional<int64_t> bytes_of(const torch::jit::Value& value);

/// Memory that the operation's outputs take, in bytes: 0 for those that share the memory of an
/// input (views, operations in place). Empty where a size or a type is not known.
std::optional<int64_t> output_bytes(const torch::jit::Node& node,
                                    const std::vector<const torch::jit::Value*>& outputs);

}  // namespace suar::graph_export
