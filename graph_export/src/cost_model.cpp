#include "cost_model.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include <torch/csrc/jit/ir/ir.h>

#include "costed_operation.h"
#include "memory_sharing.h"

namespace suar::graph_export {
namespace {

OperationCost multiply_adds(int64_t macs, int64_t other_flops = 0) {
  return {macs, 2 * macs + other_flops};
}

int64_t bias_flops(const CostedOperation& operation, std::size_t bias) {
  return operation.is_tensor(bias) ? operation.output_elements() : 0;
}

/// Weights are [out, in / groups, sizes of the kernel]; of a transposed one [in, out / groups,
/// sizes of the kernel], and every input element is spread.
OperationCost convolution_of(const CostedOperation& operation, bool transposed) {
  const GraphShape weight = operation.shape(1);
  if (weight.empty()) throw UnknownShape();
  const int64_t reach = CostedOperation::count(GraphShape(weight.begin() + 1, weight.end()));
  const int64_t positions = transposed ? operation.elements(0) : operation.output_elements();
  return multiply_adds(positions * reach, bias_flops(operation, 2));
}

OperationCost convolution(const CostedOperation& operation) {
  return convolution_of(operation, operation.is_true("transposed"));
}

OperationCost transposed_convolution(const CostedOperation& operation) {
  return convolution_of(operation, /*transposed=*/true);
}

OperationCost linear(const CostedOperation& operation) {
  return multiply_adds(operation.output_elements() * operation.size_from_end(1, 0),
                       bias_flops(operation, 2));
}

OperationCost bilinear(const CostedOperation& operation) {
  const int64_t pairs = operation.size_from_end(0, 0) * operation.size_from_end(1, 0);
  return multiply_adds(operation.output_elements() * pairs, bias_flops(operation, 3));
}

OperationCost matrix_product(const CostedOperation& operation) {
  return multiply_adds(operation.output_elements() * operation.size_from_end(0, 0));
}

/// addmm and its like: input 0 is added to the product of 1 and 2.
OperationCost matrix_product_and_sum(const CostedOperation& operation) {
  const int64_t elements = operation.output_elements();
  return multiply_adds(elements * operation.size_from_end(1, 0), elements);
}

/// addbmm: input 0 is added to the sum of the products of 1 [b, n, m] and 2 [b, m, p].
OperationCost sum_of_matrix_products(const CostedOperation& operation) {
  const int64_t elements = operation.output_elements();
  const int64_t reach = operation.size_from_end(1, 0) * operation.size_from_end(1, 2);
  return multiply_adds(elements * reach, elements);
}

/// tensordot: the dimensions of input 0 that are summed over are constants.
OperationCost sum_over_dimensions(const CostedOperation& operation) {
  const auto dimensions = operation.constant("dims_self");
  if (!dimensions || !std::holds_alternative<std::vector<int64_t>>(*dimensions)) {
    throw UnknownShape();
  }
  const GraphShape sizes = operation.shape(0);
  int64_t reach = 1;
  for (int64_t dimension : std::get<std::vector<int64_t>>(*dimensions)) {
    if (dimension < 0) dimension += static_cast<int64_t>(sizes.size());
    reach *= sizes.at(static_cast<std::size_t>(dimension));
  }
  return multiply_adds(operation.output_elements() * reach);
}

/// Differences between all rows of input 0 and of 1, squared and summed.
OperationCost distances(const CostedOperation& operation) {
  return {0, 3 * operation.output_elements() * operation.size_from_end(0, 0)};
}

/// Of two operands: the product of the sizes of all letters.
OperationCost einsum(const CostedOperation& operation) {
  const auto equation = operation.constant("equation");
  if (!equation || !std::holds_alternative<std::string>(*equation)) throw UnknownShape();
  const std::vector<GraphShape> operands = operation.tensors_from(1);
  const std::string& text = std::get<std::string>(*equation);
  if (operands.size() > 2 || text.find("...") != std::string::npos) throw UnknownShape();
  std::unordered_map<char, int64_t> sizes;
  std::size_t operand = 0;
  std::size_t dimension = 0;
  for (const char c : text.substr(0, text.find("->"))) {
    if (c == ',') {
      ++operand;
      dimension = 0;
    } else if (c != ' ') {
      if (operand >= operands.size() || dimension >= operands[operand].size()) throw UnknownShape();
      sizes[c] = operands[operand][dimension++];
    }
  }
  int64_t macs = 1;
  for (const auto& [letter, size] : sizes) macs *= size;
  return operands.size() == 2 ? multiply_adds(macs) : OperationCost{0, macs};
}

/// softmax(Q K^T) V with Q [..., L, E], K [..., S, E], V [..., S, F].
OperationCost attention(const CostedOperation& operation) {
  const int64_t queries =
      operation.elements(0) / std::max<int64_t>(1, operation.size_from_end(0, 0));
  const int64_t scores = queries * operation.size_from_end(1, 1);
  return multiply_adds(scores * (operation.size_from_end(0, 0) + operation.size_from_end(2, 0)),
                       5 * scores);
}

/// Every weight meets every token. Input, states (one or a list), then weights; of a cell, the
/// tokens are the rows of one step.
OperationCost recurrent(const CostedOperation& operation) {
  const int64_t tokens =
      operation.elements(0) / std::max<int64_t>(1, operation.size_from_end(0, 0));
  int64_t macs = 0;
  int64_t flops = 0;
  for (const GraphShape& shape : operation.tensors_from(2)) {
    if (shape.size() == 2) macs += tokens * CostedOperation::count(shape);
    if (shape.size() == 1) flops += tokens * CostedOperation::count(shape);
  }
  return multiply_adds(macs, flops);
}

/// A whole encoder layer as one operation, on [batch, time, features].
OperationCost encoder_layer(const CostedOperation& operation) {
  const int64_t features = operation.size_from_end(0, 0);
  const int64_t time = operation.size_from_end(0, 1);
  const int64_t tokens = operation.elements(0) / std::max<int64_t>(1, features);
  const int64_t weights = operation.elements_of_matrices_named("weight");
  return multiply_adds(tokens * (weights + 2 * time * features), 5 * tokens * time);
}

OperationCost five_an_element(const CostedOperation& operation) {
  return {0, 5 * operation.output_elements()};
}

OperationCost one_an_element(const CostedOperation& operation) {
  return {0, operation.output_elements()};
}

OperationCost reduction(const CostedOperation& operation) {
  return {0, operation.elements(0)};
}

/// Each element of the output is the weighted sum of so many of the input.
template <int points>
OperationCost interpolation(const CostedOperation& operation) {
  return {0, 2 * points * operation.output_elements()};
}

OperationCost nothing(const CostedOperation&) {
  return {};
}

OperationCost dropout(const CostedOperation& operation) {
  return {0, operation.is_true("train") ? 2 * operation.output_elements() : 0};
}

/// `dimensions` is how many the window has; a size given once is that of all of them.
template <int dimensions>
OperationCost pooling(const CostedOperation& operation) {
  const auto kernel = operation.constant("kernel_size");
  if (!kernel || !std::holds_alternative<std::vector<int64_t>>(*kernel)) throw UnknownShape();
  const auto& sizes = std::get<std::vector<int64_t>>(*kernel);
  if (sizes.empty()) throw UnknownShape();
  int64_t window = 1;
  for (int i = 0; i < dimensions; ++i) {
    window *= sizes[std::min<std::size_t>(static_cast<std::size_t>(i), sizes.size() - 1)];
  }
  return {0, window * operation.output_elements()};
}

using Rule = OperationCost (*)(const CostedOperation&);

const std::unordered_map<std::string_view, Rule>& rules() {
  static const auto* const all = [] {
    auto* map = new std::unordered_map<std::string_view, Rule>();
    const auto add = [map](Rule rule, std::string_view names) {
      while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        map->emplace(names.substr(0, end), rule);
        names.remove_prefix(std::min(end + 1, names.size()));
      }
    };
    add(convolution,
        "_convolution convolution conv1d conv2d conv3d _convolution_mode mkldnn_convolution "
        "cudnn_convolution");
    add(transposed_convolution, "conv_transpose1d conv_transpose2d conv_transpose3d");
    add(linear, "linear");
    add(bilinear, "bilinear");
    add(matrix_product, "matmul mm bmm mv dot vdot inner");
    add(matrix_product_and_sum, "addmm baddbmm addmv");
    add(sum_of_matrix_products, "addbmm");
    add(sum_over_dimensions, "tensordot");
    add(distances, "cdist");
    add(einsum, "einsum");
    add(attention, "scaled_dot_product_attention _scaled_dot_product_attention");
    add(encoder_layer, "_transformer_encoder_layer_fwd _native_multi_head_attention");
    add(recurrent, "lstm gru rnn_tanh rnn_relu lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell");
    add(five_an_element,
        "batch_norm layer_norm group_norm instance_norm native_batch_norm native_layer_norm "
        "native_group_norm softmax log_softmax _softmax _log_softmax rms_norm");
    add(pooling<1>, "max_pool1d avg_pool1d max_pool1d_with_indices");
    add(pooling<2>, "max_pool2d avg_pool2d max_pool2d_with_indices");
    add(pooling<3>, "max_pool3d avg_pool3d max_pool3d_with_indices");
    add(interpolation<2>, "upsample_linear1d");
    add(interpolation<4>, "upsample_bilinear2d");
    add(interpolation<8>, "upsample_trilinear3d");
    add(interpolation<16>, "upsample_bicubic2d");
    add(reduction,
        "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
        "adaptive_max_pool2d adaptive_max_pool3d sum mean prod max min amax amin argmax argmin var "
        "std norm frobenius_norm linalg_vector_norm logsumexp cumsum cumprod all any");
    add(one_an_element,
        "add sub rsub mul div true_divide floor_divide remainder fmod neg abs exp log log1p log2 "
        "expm1 sqrt rsqrt square reciprocal pow sin cos tan tanh sinh cosh sigmoid log_sigmoid "
        "relu relu6 prelu leaky_relu elu selu celu gelu silu mish hardtanh hardsigmoid hardswish "
        "hardshrink softshrink tanhshrink softplus softsign threshold glu clamp clamp_min "
        "clamp_max maximum minimum where masked_fill eq ne lt le gt ge logical_and logical_or "
        "logical_not bitwise_and bitwise_or bitwise_not __and__ __or__ lerp addcmul addcdiv erf "
        "round floor ceil sign outer ger");
    add(nothing,
        "view reshape flatten unflatten t transpose permute squeeze unsqueeze expand expand_as "
        "view_as reshape_as slice select narrow chunk split split_with_sizes unbind cat concat "
        "stack contiguous clone copy to type_as detach alias numpy_T movedim flip roll repeat "
        "repeat_interleave tile embedding index index_select gather scatter index_put pad "
        "constant_pad_nd reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d "
        "pixel_shuffle channel_shuffle unfold im2col zeros ones full empty arange zeros_like "
        "ones_like full_like empty_like new_zeros new_ones new_full eye linspace triu tril fill "
        "zero unsafe_chunk unsafe_split unsafe_split_with_sizes "
        "_pack_padded_sequence _pad_packed_sequence reflection_pad3d replication_pad3d rand randn "
        "rand_like randn_like randint upsample_nearest1d upsample_nearest2d upsample_nearest3d "
        "sort argsort topk lift_fresh");
    add(dropout, "dropout feature_dropout alpha_dropout feature_alpha_dropout");
    return map;
  }();
  return *all;
}

}  // namespace

std::optional<OperationCost> operation_cost(const torch::jit::Node& node,
                                            const std::vector<const torch::jit::Value*>& outputs) {
  std::string_view name = node.kind().toUnqualString();
  auto rule = rules().find(name);
  if (rule == rules().end() && !name.empty() && name.back() == '_') {
    rule = rules().find(name.substr(0, name.size() - 1));  // in place
  }
  const bool makes_tensors = std::any_of(outputs.begin(), outputs.end(), [](const auto* output) {
    return output->type()->template cast<c10::TensorType>() != nullptr;
  });
  if (!makes_tensors || is_element(node, 0)) return OperationCost();
  if (!node.kind().is_aten() || rule == rules().end()) return std::nullopt;
  try {
    return rule->second(CostedOperation(node, outputs));
  } catch (const UnknownShape&) {
    return std::nullopt;
  }
}

}  // namespace suar::graph_export
