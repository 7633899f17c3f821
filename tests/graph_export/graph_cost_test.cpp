#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/torch.h>

#include <suar/graph_cost.h>
#include <suar/graph_export.h>

#include "call_log.h"
#include "graph_checks.h"
#include "models.h"
#include "operation_times.h"
#include "resnet18.h"

using namespace suar::testing;

namespace {

int64_t integer(const suar::GraphNode& node, const std::string& name) {
  const auto attribute = node.attributes.find(name);
  if (attribute == node.attributes.end()) return -1;
  return std::get<int64_t>(attribute->second);
}

/// A module that is a function.
struct Function : torch::nn::Module {
  explicit Function(std::function<torch::Tensor(torch::Tensor)> run) : run(std::move(run)) {}
  torch::Tensor forward(torch::Tensor x) { return run(std::move(x)); }
  std::function<torch::Tensor(torch::Tensor)> run;
};

/// The cost of what `run` does with the input.
suar::GraphCost cost_of_function(std::function<torch::Tensor(torch::Tensor)> run,
                                 const torch::Tensor& input) {
  Function function(std::move(run));
  return suar::cost_by_scope(suar::export_graph(function, input)).at("");
}

template <typename Module>
suar::GraphCost cost_of_module(Module module, const torch::Tensor& input) {
  return suar::cost_by_scope(suar::export_graph(module, input)).at("");
}

}  // namespace

TEST(GraphCost, OfResNet18IsThePublishedOne) {
  ResNet18Impl<Truth::inferred> net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({1, 3, 224, 224}));
  expect_well_formed(graph);
  const auto costs = suar::cost_by_scope(graph);
  const suar::GraphCost& whole = costs.at("");
  EXPECT_EQ(whole.parameters, 11689512);  // torchvision: 11.69 M
  EXPECT_EQ(whole.macs, 1814073344);      // torchvision: 1.814 G
  EXPECT_EQ(whole.unknown, 0);
  EXPECT_GT(whole.flops, 2 * whole.macs);
  EXPECT_LT(whole.flops, whole.macs * 21 / 10);
  EXPECT_EQ(costs.at("ResNet18").macs, whole.macs);
  EXPECT_EQ(costs.at("ResNet18/fc").parameters, 513000);
  EXPECT_EQ(costs.at("ResNet18/fc").macs, 512000);
  EXPECT_EQ(costs.at("ResNet18/layer1").parameters, 147968);
  EXPECT_EQ(costs.at("ResNet18/layer1/0/conv1").macs, 115605504);
}

TEST(GraphCost, OfConvolutionsCountsGroupsStridesAndBias) {
  namespace nn = torch::nn;
  const torch::Tensor input = torch::zeros({2, 4, 8, 8});
  const auto grouped =
      cost_of_module(nn::Conv2d(nn::Conv2dOptions(4, 6, 3).groups(2).stride(2).padding(1)), input);
  EXPECT_EQ(grouped.parameters, 6 * 2 * 9 + 6);
  EXPECT_EQ(grouped.macs, 2 * 6 * 4 * 4 * (2 * 9));
  EXPECT_EQ(grouped.flops, 2 * grouped.macs + 2 * 6 * 4 * 4);
  EXPECT_EQ(grouped.activation_bytes, 2 * 6 * 4 * 4 * 4);
  const auto transposed = cost_of_module(
      nn::ConvTranspose2d(nn::ConvTranspose2dOptions(4, 6, 3).stride(2).bias(false)), input);
  EXPECT_EQ(transposed.macs, 2 * 4 * 8 * 8 * (6 * 9));
  EXPECT_EQ(transposed.flops, 2 * transposed.macs);
}

TEST(GraphCost, OfProductsCountsTheDimensionThatIsSummedOver) {
  const torch::Tensor input = torch::zeros({5, 6, 7});
  const auto cost = [&](std::function<torch::Tensor(torch::Tensor)> run) {
    return cost_of_function(std::move(run), input);
  };
  EXPECT_EQ(cost([](torch::Tensor x) {
              return torch::matmul(x, torch::ones({7, 3}));
            }).macs,
            5 * 6 * 7 * 3);
  EXPECT_EQ(cost([](torch::Tensor x) {
              return torch::bmm(x, torch::ones({5, 7, 2}));
            }).macs,
            5 * 6 * 7 * 2);
  const auto sum = cost([](torch::Tensor x) {
    return torch::baddbmm(torch::ones({5, 6, 2}), x, torch::ones({5, 7, 2}));
  });
  EXPECT_EQ(sum.macs, 5 * 6 * 7 * 2);
  EXPECT_EQ(sum.flops, 2 * sum.macs + 5 * 6 * 2);
  EXPECT_EQ(cost([](torch::Tensor x) {
              return torch::einsum("bik,bjk->bij", {x, x});
            }).macs,
            5 * 6 * 6 * 7);
}

TEST(GraphCost, OfRecurrentLayersCountsEveryWeightForEveryToken) {
  namespace nn = torch::nn;
  const auto lstm = cost_of_module(
      nn::LSTM(nn::LSTMOptions(3, 4).num_layers(2).bidirectional(true)), torch::zeros({6, 2, 3}));
  const int64_t weights = 2 * (16 * 3 + 16 * 4) + 2 * (16 * 8 + 16 * 4);
  EXPECT_EQ(lstm.macs, 6 * 2 * weights);
  EXPECT_EQ(lstm.parameters, weights + 8 * 16);
  EXPECT_EQ(cost_of_module(nn::GRU(3, 4), torch::zeros({6, 2, 3})).macs, 12 * (12 * 3 + 12 * 4));
}

TEST(GraphCost, OfATransformerCountsProjectionsScoresAndFeedForward) {
  namespace nn = torch::nn;
  nn::TransformerEncoder encoder(nn::TransformerEncoderOptions(
      nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(32), 3));
  const auto cost = cost_of_module(encoder, torch::zeros({5, 2, 8}));  // time, batch, features
  const int64_t tokens = 5 * 2;
  EXPECT_EQ(cost.macs, 3 * (tokens * (4 * 8 * 8 + 2 * 8 * 32) + 2 * tokens * 5 * 8));
  EXPECT_EQ(cost.unknown, 0);
}

namespace {

/// One operation of LibTorch's for the whole layer, on [batch, time, features].
torch::Tensor run_fused(torch::nn::TransformerEncoderLayerImpl& layer, const torch::Tensor& x,
                        bool has_gelu, const torch::Tensor& mask = {}) {
  const auto& attention = *layer.self_attn;
  const auto& out = *attention.out_proj;
  const auto run = [&](auto... masks) {
    return torch::_transformer_encoder_layer_fwd(
        x, x.size(2), attention.options.num_heads(), attention.in_proj_weight,
        attention.in_proj_bias, out.weight, out.bias, has_gelu, /*norm_first=*/false, 1e-5,
        layer.norm1->weight, layer.norm1->bias, layer.norm2->weight, layer.norm2->bias,
        layer.linear1->weight, layer.linear1->bias, layer.linear2->weight, layer.linear2->bias,
        masks...);
  };
  constexpr int64_t kOfKeys = 1;
  return mask.defined() ? run(mask, kOfKeys) : run();
}

torch::nn::TransformerEncoderLayer encoder_layer(bool has_gelu) {
  torch::nn::TransformerEncoderLayerOptions options(8, 2);
  options.dim_feedforward(16).dropout(0);
  if (has_gelu) options.activation(torch::kGELU);
  return torch::nn::TransformerEncoderLayer(options);
}

}  // namespace

TEST(GraphCost, OfAFusedTransformerLayerIsThatOfItsParts) {
  const torch::Tensor input = torch::rand({2, 5, 8});
  for (const bool has_gelu : {false, true}) {
    auto layer = encoder_layer(has_gelu);
    const suar::Graph fused = suar::export_graph(
        layer, [&](torch::Tensor x) { return run_fused(*layer, x, has_gelu); }, input);
    EXPECT_EQ(operations(fused).size(), 1u);
    const auto whole = suar::cost_by_scope(fused).at("");
    for (const bool trains : {false, true}) {
      const auto parts = suar::cost_by_scope(suar::export_graph(
          layer,
          [&](torch::Tensor x) {
            layer->train(trains);
            return layer->forward(x.transpose(0, 1)).transpose(0, 1);
          },
          input));
      EXPECT_EQ(whole.flops, parts.at("").flops) << has_gelu << trains;
      EXPECT_EQ(whole.macs, parts.at("").macs) << has_gelu << trains;
      EXPECT_EQ(parts.at("").unknown, 0);
    }
  }
}

TEST(GraphCost, OfAFusedTransformerLayerCountsTheMask) {
  auto layer = encoder_layer(/*has_gelu=*/false);
  const torch::Tensor input = torch::rand({2, 5, 8});
  const torch::Tensor mask = torch::zeros({2, 5}, torch::kBool);
  const auto flops = [&](const torch::Tensor& mask) {
    const suar::Graph graph = suar::export_graph(
        layer, [&](torch::Tensor x) { return run_fused(*layer, x, false, mask); }, input);
    return suar::cost_by_scope(graph).at("").flops;
  };
  EXPECT_EQ(flops(mask), flops({}) + 2 * 2 * 5 * 5);  // batch, heads, queries, keys
}

TEST(GraphCost, OfAFusedAttentionIsThatOfItsParts) {
  torch::nn::MultiheadAttention attention(8, 2);
  const torch::Tensor input = torch::rand({2, 5, 8});
  for (const bool needs_weights : {false, true}) {
    const suar::Graph fused = suar::export_graph(
        attention,
        [&](torch::Tensor x) {
          const auto& out = *attention->out_proj;
          const auto [y, weights] = torch::_native_multi_head_attention(
              x, x, x, 8, 2, attention->in_proj_weight, attention->in_proj_bias, out.weight,
              out.bias, {}, needs_weights);
          return needs_weights ? std::vector<torch::Tensor>{y, weights}
                               : std::vector<torch::Tensor>{y};
        },
        input);
    EXPECT_EQ(operations(fused).size(), 1u);
    const suar::Graph parts = suar::export_graph(
        attention,
        [&](torch::Tensor x) {
          x = x.transpose(0, 1);
          const auto [y, weights] = attention->forward(x, x, x);
          return needs_weights ? std::vector<torch::Tensor>{y, weights}
                               : std::vector<torch::Tensor>{y};
        },
        input);
    const auto whole = suar::cost_by_scope(fused).at("");
    const auto sum = suar::cost_by_scope(parts).at("");
    EXPECT_EQ(whole.flops, sum.flops) << needs_weights;
    EXPECT_EQ(whole.macs, sum.macs) << needs_weights;
    EXPECT_EQ(sum.unknown, 0);
  }
}

TEST(GraphCost, OfDropoutThatDropsNothingIsNone) {
  const auto flops = [](double probability) {
    return cost_of_function(
               [&](torch::Tensor x) { return torch::dropout(x, probability, /*train=*/true); },
               torch::zeros({3, 4}))
        .flops;
  };
  EXPECT_EQ(flops(0.5), 2 * 12);
  EXPECT_EQ(flops(0), 0);
}

TEST(GraphCost, OfEinsumIsThatOfTheProductsThatItIs) {
  const auto cost = [](const std::string& equation, std::vector<torch::Tensor> others,
                       torch::Tensor x) {
    return cost_of_function(
        [&](torch::Tensor first) {
          std::vector<torch::Tensor> operands = {first};
          operands.insert(operands.end(), others.begin(), others.end());
          return torch::einsum(equation, operands);
        },
        x);
  };
  const torch::Tensor a = torch::rand({2, 3, 4, 5});
  EXPECT_EQ(cost("...ij,...jk->...ik", {torch::rand({2, 3, 5, 6})}, a).macs, 2 * 3 * 4 * 5 * 6);
  EXPECT_EQ(cost("...ij,jk", {torch::rand({5, 6})}, a).macs, 2 * 3 * 4 * 5 * 6);
  // From the left: [2, 3] times [3, 4], then [2, 4] times [4, 5].
  EXPECT_EQ(
      cost("ij,jk,kl->il", {torch::rand({3, 4}), torch::rand({4, 5})}, torch::rand({2, 3})).macs,
      2 * 3 * 4 + 2 * 4 * 5);
  EXPECT_EQ(cost("ijkl->jilk", {}, a).flops, 0);
  EXPECT_EQ(cost("ijkl->i", {}, a).flops, 2 * 3 * 4 * 5);
  // l is summed first.
  const auto alone = cost("ijkl,k->i", {torch::rand({4})}, a);
  EXPECT_EQ(alone.macs, 2 * 4);
  EXPECT_EQ(alone.flops, 2 * (2 * 4) + 2 * 3 * 4 * 5);
}

TEST(GraphCost, OfAChainOfProductsIsThatOfTheCheapestOrder) {
  const auto cost = [](std::vector<torch::Tensor> factors) {
    return cost_of_function(
        [&](torch::Tensor first) {
          std::vector<torch::Tensor> all = {first};
          all.insert(all.end(), factors.begin(), factors.end());
          return torch::linalg_multi_dot(all);
        },
        torch::rand({10, 2}));
  };
  const torch::Tensor wide = torch::rand({2, 10}), high = torch::rand({10, 2});
  EXPECT_EQ(cost({wide}).macs, 10 * 2 * 10);
  EXPECT_EQ(cost({wide, high}).macs, 2 * 10 * 2 + 10 * 2 * 2);  // the last two first
  EXPECT_EQ(cost({wide, high, torch::rand({2})}).macs, 2 * 10 + 2 * 10 + 2 * 10);
}

TEST(GraphCost, OfFourierTransformsIsThatOfTheFastOnes) {
  const torch::Tensor real = torch::rand({3, 8, 16});
  const torch::Tensor complex = torch::complex(real, real);
  const auto flops = [](std::function<torch::Tensor(torch::Tensor)> run,
                        const torch::Tensor& input) {
    const auto cost = cost_of_function(std::move(run), input);
    EXPECT_EQ(cost.unknown, 0);
    return cost.flops;
  };
  const int64_t elements = real.numel();
  namespace fft = torch::fft;
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::fft(x); }, complex), 5 * elements * 4);
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::fft(x); }, real), 5 * elements * 4 / 2);
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::fft(x, 32); }, complex), 5 * 2 * elements * 5);
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::ifft2(x); }, complex), 5 * elements * (3 + 4));
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::rfft(x); }, real), 5 * elements * 4 / 2);
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::rfft(x, 8, 1); }, real), 5 * elements * 3 / 2);
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::rfft2(x); }, real), 5 * elements * 7 / 2);
  // [3, 8, 9] to [3, 8, 16]
  EXPECT_EQ(flops([](torch::Tensor x) { return fft::irfft(x); }, fft::rfft(real)),
            5 * elements * 4 / 2);
  // 5 frames of 8 samples, each times the window
  EXPECT_EQ(flops(
                [](torch::Tensor x) {
                  return torch::stft(x, 8, 2, 8, torch::ones({8}), /*normalized=*/false,
                                     /*onesided=*/true, /*return_complex=*/true);
                },
                torch::rand({16})),
            5 * (5 * 8 * 3 / 2 + 8));
}

TEST(GraphCost, IsKnownOfWhatModelsUsuallyRun) {
  namespace nn = torch::nn;
  const torch::Tensor image = torch::rand({2, 4, 8, 8});
  const torch::Tensor matrix = torch::rand({4, 6});
  const torch::Tensor indices = torch::tensor({0, 3, 1, 1});
  const torch::Tensor rows = torch::rand({4, 6});
  struct Case {
    const char* name;
    torch::Tensor input;
    std::function<torch::Tensor(torch::Tensor)> run;
    int64_t flops;
  };
  const std::vector<Case> cases = {
      {"embedding_bag", indices,
       [&](torch::Tensor x) {
         return std::get<0>(torch::embedding_bag(rows, x, torch::tensor({0, 2})));
       },
       4 * 6},
      {"nonzero", matrix, [](torch::Tensor x) { return x.nonzero(); }, 0},
      {"masked_select", matrix,
       [](torch::Tensor x) {
         return x.masked_select(torch::ones({4, 6}, torch::kBool));
       },
       0},
      {"real", matrix, [](torch::Tensor x) { return torch::real(torch::complex(x, x)); }, 0},
      {"view_as_complex", torch::rand({4, 2}),
       [](torch::Tensor x) { return torch::view_as_real(torch::view_as_complex(x)); }, 0},
      {"quantize", matrix,
       [](torch::Tensor x) {
         return torch::quantize_per_tensor(x, 0.1, 0, torch::kQUInt8).dequantize();
       },
       2 * 24},
      {"scatter", matrix,
       [](torch::Tensor x) {
         return torch::zeros({4, 6}).scatter(0, torch::zeros({4, 6}, torch::kLong), x);
       },
       0},
      {"scatter_add", matrix,
       [](torch::Tensor x) {
         return torch::zeros({2, 6}).scatter_add(0, torch::zeros({4, 6}, torch::kLong), x);
       },
       4 * 6},
      {"index_add", matrix,
       [&](torch::Tensor x) {
         return torch::zeros({4, 6}).index_add_(0, indices, x);
       },
       4 * 6},
      {"index_put", matrix,
       [&](torch::Tensor x) {
         x.index_put_({indices}, torch::zeros({6}));
         return x;
       },
       0},
      {"unfold and fold", image,
       [](torch::Tensor x) {
         return torch::col2im(torch::im2col(x, {2, 2}, {1, 1}, {0, 0}, {2, 2}), {8, 8}, {2, 2},
                              {1, 1}, {0, 0}, {2, 2});
       },
       2 * 4 * 8 * 8},
      {"nearest", image,
       [](torch::Tensor x) {
         return nn::functional::interpolate(
             x, nn::functional::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 2}));
       },
       0},
      {"bilinear", image,
       [](torch::Tensor x) {
         return torch::upsample_bilinear2d(x, {16, 16}, false);
       },
       2 * 4 * (2 * 4 * 16 * 16)},
      {"grid_sampler", image,
       [](torch::Tensor x) {
         return torch::grid_sampler(x, torch::zeros({2, 5, 5, 2}), 0, 0, false);
       },
       2 * 4 * (2 * 4 * 5 * 5)},
      {"affine_grid", torch::rand({2, 2, 3}),
       [](torch::Tensor x) {
         return torch::affine_grid_generator(x, {2, 1, 5, 5}, false);
       },
       2 * (2 * 5 * 5 * 2 * 3)},
      {"max_unpool2d", image,
       [](torch::Tensor x) {
         const auto [y, places] = torch::max_pool2d_with_indices(x, 2);
         return torch::max_unpool2d(y, places, {8, 8});
       },
       2 * 4 * 8 * 8},
      {"group_norm", image, [](torch::Tensor x) { return torch::group_norm(x, 2); },
       5 * 2 * 4 * 8 * 8},
      {"pixel_unshuffle", image, [](torch::Tensor x) { return torch::pixel_unshuffle(x, 2); }, 0},
      {"meshgrid", torch::arange(4),
       [](torch::Tensor x) {
         return torch::stack(torch::meshgrid({x, x}, "ij"));
       },
       0},
      {"var_mean", matrix, [](torch::Tensor x) { return std::get<0>(torch::var_mean(x)); }, 24},
      {"cummax", matrix, [](torch::Tensor x) { return std::get<0>(torch::cummax(x, 0)); }, 24},
      {"isnan", matrix, [](torch::Tensor x) { return torch::nan_to_num(x); }, 24},
      {"weight_norm", matrix,
       [](torch::Tensor x) {
         return torch::_weight_norm(x, torch::ones({4, 1}));
       },
       2 * 24 + 4},
  };
  for (const Case& each : cases) {
    const auto cost = cost_of_function(each.run, each.input);
    EXPECT_EQ(cost.unknown, 0) << each.name;
    EXPECT_EQ(cost.flops, each.flops) << each.name;
  }
}

TEST(GraphCost, OfOtherOperationsFollowsTheirKind) {
  const torch::Tensor input = torch::zeros({2, 3, 8, 8});
  const auto flops = [&](std::function<torch::Tensor(torch::Tensor)> run) {
    return cost_of_function(std::move(run), input).flops;
  };
  const int64_t elements = input.numel();
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::relu(x); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return x.mul_(2); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::softmax(x, 1); }), 5 * elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::max_pool2d(x, 2); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::max_pool2d(x, {1, 2}); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return x.sum(); }), elements);
  EXPECT_EQ(flops([](torch::Tensor x) { return x.flatten(1).t().contiguous(); }), 0);
  EXPECT_EQ(flops([](torch::Tensor x) { return torch::upsample_nearest2d(x, {16, 16}); }), 0);
  EXPECT_EQ(flops([](torch::Tensor x) { return std::get<0>(torch::topk(x, 2)); }), 0);
  EXPECT_EQ(flops([](torch::Tensor) { return torch::randn({4}); }), 0);
  const torch::Tensor stacked = torch::zeros({5, 2, 2});
  const auto product = cost_of_function(
      [](torch::Tensor x) {
        return torch::addbmm(torch::zeros({2, 2}), x, x);
      },
      stacked);
  EXPECT_EQ(product.macs, 5 * 2 * 2 * 2);
  EXPECT_EQ(product.unknown, 0);
}

TEST(GraphCost, SaysWhichOperationsItDoesNotKnow) {
  const auto cost = cost_of_function(
      [](torch::Tensor x) { return std::get<0>(torch::linalg_qr(torch::relu(x))); },
      torch::ones({3, 3}));
  EXPECT_EQ(cost.operations, 2);
  EXPECT_EQ(cost.unknown, 1);
  EXPECT_EQ(cost.flops, 9);
}

TEST(GraphCost, CountsMemoryOnlyWhereItIsTaken) {
  Function net([](torch::Tensor x) {
    x = x.view({4, 6}).t();       // the same memory
    x = (x * 2).relu_();          // 24 floats for the product
    return x.to(torch::kDouble);  // 24 doubles
  });
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 12}));
  EXPECT_EQ(integer(node_named(graph, "Function/view"), "activation_bytes"), 0);
  EXPECT_EQ(integer(node_named(graph, "Function/mul"), "activation_bytes"), 96);
  EXPECT_EQ(integer(node_named(graph, "Function/relu_"), "activation_bytes"), 0);
  EXPECT_EQ(integer(node_named(graph, "Function/to"), "activation_bytes"), 192);
}

TEST(GraphCost, CountsMemoryOfCopiesThatLookLikeViews) {
  Function net([](torch::Tensor x) {
    x = x.reshape({4, 6});          // the same memory
    x = x.t().contiguous();         // a copy
    x = x.t().reshape({24});        // a copy
    return x.reshape({2, 12}) * 2;  // the same memory, and 24 floats
  });
  const suar::Graph graph = suar::export_graph(net, torch::ones({2, 12}));
  EXPECT_EQ(integer(node_named(graph, "Function/reshape"), "activation_bytes"), 0);
  EXPECT_EQ(integer(node_named(graph, "Function/contiguous"), "activation_bytes"), 96);
  EXPECT_EQ(integer(node_named(graph, "Function/reshape_1"), "activation_bytes"), 96);
  EXPECT_EQ(integer(node_named(graph, "Function/reshape_2"), "activation_bytes"), 0);
}

namespace {

/// Shares a weight, as far as it knows its own.
struct DecoderImpl : torch::nn::Module {
  explicit DecoderImpl(const torch::Tensor& shared)
      : weight(register_parameter("weight", shared)) {}
  torch::Tensor forward(torch::Tensor x) { return torch::matmul(x, weight.t()); }
  torch::Tensor weight;
};
TORCH_MODULE(Decoder);

struct Tied : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return decoder->forward(embedding->forward(x)); }
  torch::nn::Embedding embedding = register_module("embedding", torch::nn::Embedding(10, 4));
  Decoder decoder = register_module("decoder", Decoder(embedding->weight));
  torch::nn::Linear unused = register_module("unused", torch::nn::Linear(3, 2));
};

}  // namespace

TEST(GraphCost, CountsTiedParametersOnceAndUnusedOnesToo) {
  Tied net;
  const auto costs = suar::cost_by_scope(suar::export_graph(net, torch::zeros({3}, torch::kLong)));
  EXPECT_EQ(costs.at("Tied/unused").parameters, 8);
  EXPECT_EQ(costs.at("Tied/embedding").parameters, 40);
  EXPECT_EQ(costs.at("Tied/decoder").parameters, 0);
  EXPECT_EQ(costs.at("").macs, 3 * 4 * 10);
}

TEST(GraphCost, TellsTrainableParametersFromFrozenOnesAndTheMemoryOfAll) {
  torch::nn::Sequential net(torch::nn::Linear(3, 4), torch::nn::BatchNorm1d(4));
  net->to(torch::kDouble);
  for (const torch::Tensor& weight : net[0]->parameters()) weight.set_requires_grad(false);
  const auto cost =
      suar::cost_by_scope(suar::export_graph(net, torch::ones({2, 3}, torch::kDouble))).at("");
  EXPECT_EQ(cost.parameters, 12 + 4 + 8);
  EXPECT_EQ(cost.trainable_parameters, 8);
  EXPECT_EQ(cost.parameter_bytes, 8 * 24);
  EXPECT_EQ(cost.buffer_bytes, 8 * 8 + 8);  // mean, variance and the number of batches
  EXPECT_EQ(cost.input_bytes, 8 * 6);
}

TEST(GraphCost, IsTheSameOfAGraphThatWasReadBack) {
  Net net;
  const suar::Graph graph = suar::export_graph(net, net_input());
  const auto written = suar::cost_by_scope(graph);
  const auto read = suar::cost_by_scope(suar::parse_graph_def(suar::serialize_graph_def(graph)));
  for (const auto& [scope, cost] : read) {
    EXPECT_EQ(cost.parameters, written.at(scope).parameters) << scope;
    EXPECT_EQ(cost.trainable_parameters, written.at(scope).trainable_parameters) << scope;
    EXPECT_EQ(cost.parameter_bytes, written.at(scope).parameter_bytes) << scope;
    EXPECT_EQ(cost.input_bytes, written.at(scope).input_bytes) << scope;
    EXPECT_EQ(cost.macs, written.at(scope).macs) << scope;
    EXPECT_EQ(cost.flops, written.at(scope).flops) << scope;
    EXPECT_EQ(cost.activation_bytes, written.at(scope).activation_bytes) << scope;
  }
}

namespace {

/// Notes of each of its runs whether times are taken.
struct NotesRuns : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    measured.push_back(suar::graph_export::CallLog::current() != nullptr);
    return torch::relu(x);
  }
  std::vector<bool> measured;
};

}  // namespace

TEST(GraphCost, IsMeasuredInTheRunsAskedForAfterOneToWarmUp) {
  NotesRuns net;
  suar::GraphExportOptions options;
  options.timed_runs(4);
  suar::export_graph(net, torch::zeros({2}), options);
  // The trace, whose calls are told from each other by it; the run to warm up; those that count.
  EXPECT_EQ(net.measured, (std::vector<bool>{true, false, true, true, true, true}));
}

TEST(GraphCost, HasTheMedianOfTheMeasuredTimes) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kLong(5);
  const auto call = [](Clock::duration duration) {
    RECORD_FUNCTION("operation", std::vector<c10::IValue>());
    const auto end = Clock::now() + duration;
    while (Clock::now() < end) {
    }
  };
  torch::jit::Graph graph;
  const torch::jit::Node* const node = graph.return_node();
  int run = 0;
  const auto times = suar::graph_export::measure_operations(
      {{node, {0}}}, {{"operation", false, 1e9}}, 3,
      [&] { call(run++ < 2 ? Clock::duration() : Clock::duration(kLong)); });
  EXPECT_EQ(run, 4);  // no time, then none, 5 ms and 5 ms
  ASSERT_EQ(times.count(node), 1u);
  EXPECT_GE(times.at(node), 5000);  // at least, however slow the machine
  EXPECT_LT(times.at(node), 1e9);   // the trace itself does not count
}

TEST(GraphCost, HoldsMeasuredTimesWhenAskedFor) {
  Net net;
  suar::GraphExportOptions options;
  options.timed_runs(3);
  const suar::Graph graph = suar::export_graph(net, net_input(), options);
  for (const suar::GraphNode& node : graph.nodes) {
    const suar::GraphCost cost = suar::cost_of(node);
    EXPECT_EQ(cost.microseconds > 0, cost.operations == 1) << node.name;
  }
  EXPECT_EQ(suar::cost_by_scope(suar::export_graph(net, net_input())).at("").microseconds, 0);
}
