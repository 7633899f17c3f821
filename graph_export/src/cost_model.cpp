#include "cost_model.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <variant>

#include <torch/csrc/jit/ir/ir.h>

#include "attention_cost.h"
#include "costed_operation.h"
#include "fourier_cost.h"
#include "loss_cost.h"
#include "memory_sharing.h"
#include "product_cost.h"

namespace suar::graph_export {
namespace {

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

/// Weight and bias are packed in input 1; `others` are the operations behind it for an element of
/// the output.
OperationCost with_packed(const CostedOperation& operation, int64_t positions, int64_t others) {
  const PackedLayer layer = operation.packed_layer(1);
  const int64_t reach =
      CostedOperation::count(GraphShape(layer.weight.begin() + 1, layer.weight.end()));
  return multiply_adds(positions * reach, (others + layer.biases) * operation.output_elements());
}

/// Also a linear layer, whose weight is [out, in].
template <int others>
OperationCost packed_convolution(const CostedOperation& operation) {
  return with_packed(operation, operation.output_elements(), others);
}

OperationCost packed_transposed_convolution(const CostedOperation& operation) {
  return with_packed(operation, operation.elements(0), 0);
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

/// The same with weights that are packed.
OperationCost packed_recurrent(const CostedOperation& operation) {
  const int64_t tokens =
      operation.elements(0) / std::max<int64_t>(1, operation.size_from_end(0, 0));
  OperationCost cost;
  for (const PackedLayer& layer : operation.packed_layers("params")) {
    cost = cost + multiply_adds(tokens * CostedOperation::count(layer.weight),
                                tokens * layer.biases * layer.weight.front());
  }
  return cost;
}

OperationCost five_an_element(const CostedOperation& operation) {
  return {0, 5 * operation.output_elements()};
}

OperationCost one_an_element(const CostedOperation& operation) {
  return {0, operation.output_elements()};
}

OperationCost two_an_element(const CostedOperation& operation) {
  return {0, 2 * operation.output_elements()};
}

/// One for each element of an input.
template <std::size_t input>
OperationCost reduction(const CostedOperation& operation) {
  return {0, operation.elements(input)};
}

/// The rows of weight 0 that indices 1 name are summed, or weighted by input 6 and summed.
OperationCost embedding_bag(const CostedOperation& operation) {
  const int64_t summed = operation.elements(1) * operation.size_from_end(0, 0);
  return {0, operation.is_tensor(6) ? 2 * summed : summed};
}

/// Directions 0 times lengths 1 over the norms of the directions.
OperationCost weight_norm(const CostedOperation& operation) {
  return {0, 2 * operation.elements(0) + operation.elements(1)};
}

/// Each element of the output is the weighted sum of so many of the input.
template <int points>
OperationCost interpolation(const CostedOperation& operation) {
  return {0, 2 * points * operation.output_elements()};
}

/// Each element of the output is taken at a place between those of the input.
OperationCost grid_sampling(const CostedOperation& operation) {
  const auto mode = operation.constant("interpolation_mode");
  if (!mode || !std::holds_alternative<int64_t>(*mode)) throw UnknownShape();
  const bool is_volume = operation.output_shape().size() == 5;
  switch (std::get<int64_t>(*mode)) {
    case 0:
      return is_volume ? interpolation<8>(operation) : interpolation<4>(operation);
    case 1:
      return {};  // the nearest
    case 2:
      return interpolation<16>(operation);
    default:
      throw UnknownShape();
  }
}

/// Every place of the output [..., 2 or 3] is a matrix times its coordinates and 1.
OperationCost affine_grid(const CostedOperation& operation) {
  return multiply_adds(operation.output_elements() * operation.size_from_end(0, 0));
}

OperationCost nothing(const CostedOperation&) {
  return {};
}

OperationCost dropout(const CostedOperation& operation) {
  const auto probability = operation.constant("p");
  const bool keeps_all = probability && *probability == GraphAttribute(0.0);
  const bool drops = operation.is_true("train") && !keeps_all;
  return {0, drops ? 2 * operation.output_elements() : 0};
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
        "cudnn_convolution miopen_convolution thnn_conv2d slow_conv3d slow_conv_dilated2d "
        "slow_conv_dilated3d _conv_depthwise2d conv_depthwise3d");
    add(transposed_convolution,
        "conv_transpose1d conv_transpose2d conv_transpose3d cudnn_convolution_transpose "
        "slow_conv_transpose2d slow_conv_transpose3d");
    add(packed_convolution<0>,
        "quantized::conv1d quantized::conv2d quantized::conv3d quantized::linear "
        "quantized::linear_dynamic quantized::linear_dynamic_fp16");
    add(packed_convolution<1>,
        "quantized::conv1d_relu quantized::conv2d_relu quantized::conv3d_relu "
        "quantized::linear_relu quantized::linear_relu_dynamic "
        "quantized::linear_relu_dynamic_fp16");
    add(packed_transposed_convolution,
        "quantized::conv_transpose1d quantized::conv_transpose2d quantized::conv_transpose3d");
    add(linear, "linear mkldnn_linear");
    add(bilinear, "bilinear");
    add(matrix_product, "matmul mm bmm mv dot vdot inner linalg_matmul");
    add(matrix_product_and_sum, "addmm baddbmm addmv");
    add(sum_of_matrix_products, "addbmm");
    add(sum_over_dimensions, "tensordot");
    add(product_chain_cost, "linalg_multi_dot chain_matmul");
    add(affine_grid, "affine_grid_generator");
    add(distances, "cdist _cdist_forward pairwise_distance pdist _pdist_forward");
    add(cosine_similarity_cost, "cosine_similarity");
    add(element_loss_cost<2>, "mse_loss l1_loss");
    add(element_loss_cost<3>, "kl_div soft_margin_loss");
    add(element_loss_cost<4>, "huber_loss smooth_l1_loss");
    add(element_loss_cost<7>, "binary_cross_entropy");
    add(element_loss_cost<8>, "binary_cross_entropy_with_logits");
    add(class_loss_cost, "nll_loss nll_loss_nd nll_loss2d nll_loss_forward nll_loss2d_forward");
    add(cross_entropy_cost, "cross_entropy_loss");
    add(einsum_cost, "einsum");
    add(attention_cost,
        "scaled_dot_product_attention _scaled_dot_product_attention "
        "_scaled_dot_product_attention_math");
    add(multi_head_attention_cost, "_native_multi_head_attention");
    add(encoder_layer_cost, "_transformer_encoder_layer_fwd");
    add(recurrent, "lstm gru rnn_tanh rnn_relu lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell");
    add(packed_recurrent, "quantized_lstm quantized_gru");
    add(five_an_element,
        "batch_norm layer_norm group_norm instance_norm native_batch_norm native_layer_norm "
        "native_group_norm cudnn_batch_norm _batch_norm_impl_index _native_batch_norm_legit "
        "_native_batch_norm_legit_no_training softmax log_softmax _softmax _log_softmax "
        "_safe_softmax rms_norm _fused_rms_norm");
    add(weight_norm, "_weight_norm");
    add(pooling<1>, "max_pool1d avg_pool1d max_pool1d_with_indices");
    add(pooling<2>,
        "max_pool2d avg_pool2d max_pool2d_with_indices mkldnn_max_pool2d fractional_max_pool2d");
    add(pooling<3>,
        "max_pool3d avg_pool3d max_pool3d_with_indices mkldnn_max_pool3d fractional_max_pool3d");
    add(interpolation<2>, "upsample_linear1d");
    add(interpolation<4>, "upsample_bilinear2d");
    add(interpolation<8>, "upsample_trilinear3d");
    add(interpolation<16>, "upsample_bicubic2d");
    add(grid_sampling, "grid_sampler grid_sampler_2d grid_sampler_3d");
    add(fourier_cost,
        "fft_fft fft_ifft fft_fft2 fft_ifft2 fft_fftn fft_ifftn fft_irfft fft_irfft2 fft_irfftn "
        "fft_hfft _fft_c2c _fft_c2r");
    add(half_spectrum_cost, "fft_rfft fft_rfft2 fft_rfftn fft_ihfft _fft_r2c");
    add(spectrogram_cost, "stft");
    add(inverse_spectrogram_cost, "istft");
    add(embedding_bag, "embedding_bag _embedding_bag _embedding_bag_forward_only");
    add(reduction<0>,
        "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
        "adaptive_max_pool2d adaptive_max_pool3d sum nansum mean nanmean prod max min amax amin "
        "aminmax argmax argmin median var std var_mean std_mean norm frobenius_norm "
        "linalg_vector_norm linalg_norm logsumexp cumsum cumprod cummax cummin logcumsumexp trace "
        "count_nonzero all any col2im bincount histc");
    add(reduction<3>, "scatter_add scatter_reduce index_add index_reduce");
    add(one_an_element,
        "add sub rsub mul div true_divide floor_divide remainder fmod subtract multiply divide neg "
        "negative abs absolute exp exp2 log log1p log2 log10 expm1 sqrt rsqrt square reciprocal "
        "pow float_power sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh arctan "
        "arctan2 hypot sigmoid logit log_sigmoid relu relu6 prelu leaky_relu rrelu elu selu celu "
        "gelu silu mish hardtanh hardsigmoid hardswish hardshrink softshrink tanhshrink softplus "
        "softsign threshold glu clamp clamp_min clamp_max clip maximum minimum fmax fmin where "
        "masked_fill eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_and "
        "logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_xor bitwise_not __and__ "
        "__or__ __xor__ isnan isinf isfinite nan_to_num lerp addcmul addcdiv erf erfc erfinv round "
        "floor ceil trunc frac sign sgn outer ger kron angle polar conj_physical xlogy "
        "quantize_per_tensor quantize_per_tensor_dynamic quantize_per_channel dequantize "
        "fake_quantize_per_tensor_affine fake_quantize_per_channel_affine quantized::add "
        "quantized::mul quantized::add_scalar quantized::mul_scalar quantized::relu6 "
        "quantized::leaky_relu quantized::elu quantized::celu quantized::hardswish "
        "quantized::sigmoid quantized::prelu heaviside logaddexp logaddexp2 diff special_entr");
    add(two_an_element, "quantized::add_relu quantized::mul_relu");
    add(nothing,
        "view reshape flatten unflatten ravel t transpose swapaxes swapdims permute adjoint mT mH "
        "H squeeze unsqueeze expand expand_as broadcast_to view_as reshape_as _unsafe_view "
        "_reshape_alias as_strided slice select narrow narrow_copy diagonal diag diag_embed "
        "diagflat chunk split split_with_sizes tensor_split hsplit vsplit dsplit unbind "
        "unsafe_chunk unsafe_split unsafe_split_with_sizes cat concat concatenate stack hstack "
        "vstack dstack broadcast_tensors fft_fftshift fft_ifftshift column_stack row_stack "
        "block_diag meshgrid contiguous clone copy to type_as "
        "cpu cuda detach alias lift lift_fresh numpy_T movedim moveaxis flip fliplr flipud rot90 "
        "roll repeat repeat_interleave tile atleast_1d atleast_2d atleast_3d real imag complex "
        "conj _conj resolve_conj resolve_neg view_as_real view_as_complex embedding one_hot index "
        "index_select index_put index_copy index_fill gather scatter select_scatter slice_scatter "
        "diagonal_scatter masked_select masked_scatter take take_along_dim put nonzero "
        "nonzero_numpy unique_consecutive unique_dim _unique _unique2 bucketize searchsorted pad "
        "constant_pad_nd reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d "
        "replication_pad2d replication_pad3d pixel_shuffle pixel_unshuffle channel_shuffle unfold "
        "im2col max_unpool2d max_unpool3d zeros ones full empty arange zeros_like ones_like "
        "full_like empty_like empty_strided new_zeros new_ones new_full new_empty eye linspace "
        "logspace scalar_tensor tensor as_tensor triu tril tril_indices triu_indices fill zero "
        "_pack_padded_sequence _pad_packed_sequence rand randn rand_like randn_like randint "
        "randint_like randperm normal uniform bernoulli multinomial exponential random "
        "upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d "
        "_upsample_nearest_exact2d _upsample_nearest_exact3d sort argsort topk kthvalue int_repr "
        "to_dense quantized::cat");
    add(dropout, "dropout feature_dropout alpha_dropout feature_alpha_dropout native_dropout");
    return map;
  }();
  return *all;
}

}  // namespace

std::optional<OperationCost> operation_cost(const torch::jit::Node& node,
                                            const std::vector<const torch::jit::Value*>& outputs) {
  const c10::Symbol kind = node.kind();
  const std::string_view name = kind.is_aten() ? kind.toUnqualString() : kind.toQualString();
  auto rule = rules().find(name);
  if (rule == rules().end() && !name.empty() && name.back() == '_') {
    rule = rules().find(name.substr(0, name.size() - 1));  // in place
  }
  const bool makes_tensors = std::any_of(outputs.begin(), outputs.end(), [](const auto* output) {
    return output->type()->template cast<c10::TensorType>() != nullptr;
  });
  if (!makes_tensors || is_element(node, 0)) return OperationCost();
  if (rule == rules().end()) return std::nullopt;
  try {
    return rule->second(CostedOperation(node, outputs));
  } catch (const UnknownShape&) {
    return std::nullopt;
  }
}

}  // namespace suar::graph_export
