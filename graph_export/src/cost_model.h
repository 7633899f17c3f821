#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace suar::graph_export {

/// Arithmetic of one operation, from the shapes of its tensors.
struct OperationCost {
  int64_t macs = 0;   ///< multiply-adds of convolutions and matrix products, without the bias
  int64_t flops = 0;  ///< two for a multiply-add, and what else is computed
};

inline OperationCost operator+(const OperationCost& one, const OperationCost& other) {
  return {one.macs + other.macs, one.flops + other.flops};
}

inline OperationCost multiply_adds(int64_t macs, int64_t other_flops = 0) {
  return {macs, 2 * macs + other_flops};
}

/// Empty for operations that are not known here and where a shape is missing. The rules:
///
/// * convolutions, linear layers, products of matrices, attention, recurrent layers: their
///   multiply-adds, and one a bias and output element;
/// * attention or a whole layer of a Transformer as one operation: what its parts cost;
/// * normalisation and softmax: 5 an element;
/// * Fourier transforms: see fourier_cost.h;
/// * activations, arithmetic, comparisons: 1 an element of the output;
/// * pooling: the size of the window for an element of the output;
/// * interpolation: two for each point that it weighs; distances: three a difference;
/// * losses and the similarity of vectors: see loss_cost.h;
/// * reductions: 1 an element that is reduced, also of the embeddings of a bag;
/// * what only moves or reinterprets data (views, copies, embeddings, sorting, selecting, enlarging
///   by the nearest, dropout in evaluation), random numbers, and what computes with numbers or
///   lists rather than tensors: 0.
///
/// `outputs` are the tensors that come out, also where the node's output is a list of them.
std::optional<OperationCost> operation_cost(const torch::jit::Node& node,
                                            const std::vector<const torch::jit::Value*>& outputs);

}  // namespace suar::graph_export
