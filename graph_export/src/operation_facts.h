#pragma once

#include <optional>
#include <vector>

#include <ATen/core/jit_type.h>

#include <suar/graph.h>

#include "model_record.h"

namespace suar::graph_export {

/// The outputs of an operation; where its only output is a list that is unpacked, its elements.
std::vector<const torch::jit::Value*> elements_of_outputs(const torch::jit::Node& node);

/// True for what only computes or changes numbers, `outputs` being its elements.
bool only_counts(const torch::jit::Node& node,
                 const std::vector<const torch::jit::Value*>& outputs);

/// "float32", or a list where the tensors differ; empty where no type is known.
std::optional<GraphAttribute> dtypes_of(const std::vector<c10::TensorTypePtr>& types);

/// Tells of a node the line of the user's code that it comes from, where that is known.
void locate(const ModelRecord& model, const torch::jit::Node& jit_node, GraphNode& node);

/// Tells of a node what is known of the operation: how often it ran, what it costs, its line in the
/// user's code, how long it took.
void describe_operation(const ModelRecord& model, const torch::jit::Node& operation,
                        const std::vector<const torch::jit::Value*>& outputs, GraphNode& node);

}  // namespace suar::graph_export
