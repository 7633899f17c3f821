// What single operations cost, also those that no model of C++ runs by itself: given in LibTorch's
// notation of graphs.

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/ir/irparser.h>
#include <torch/csrc/jit/runtime/operator.h>

#include "cost_model.h"

using suar::graph_export::OperationCost;

namespace {

/// Of the last operation of a graph.
std::optional<OperationCost> cost_of(const std::string& text) {
  torch::jit::Graph graph;
  torch::jit::parseIR(text, &graph);
  const torch::jit::Node* node = graph.return_node()->prev();
  const std::vector<const torch::jit::Value*> outputs(node->outputs().begin(),
                                                      node->outputs().end());
  return suar::graph_export::operation_cost(*node, outputs);
}

int64_t macs_of(const std::string& text) {
  const auto cost = cost_of(text);
  EXPECT_TRUE(cost.has_value()) << text;
  return cost ? cost->macs : -1;
}

int64_t flops_of(const std::string& text) {
  const auto cost = cost_of(text);
  EXPECT_TRUE(cost.has_value()) << text;
  return cost ? cost->flops : -1;
}

}  // namespace

TEST(CostRules, OfAttentionAreTheScoresAndTheMixOfValues) {
  EXPECT_EQ(macs_of(R"(graph(%q : Float(2, 3, 8), %k : Float(2, 5, 8), %v : Float(2, 5, 4)):
                         %y : Float(2, 3, 4) = aten::scaled_dot_product_attention(%q, %k, %v)
                         return (%y))"),
            2 * 3 * 5 * 8 + 2 * 3 * 5 * 4);
}

TEST(CostRules, OfAttentionCountScalingSoftmaxMaskAndDropout) {
  // Its name before LibTorch 2.0 had an underscore; then it also returned the weights, if asked.
  const auto name = c10::Symbol::fromQualString("aten::scaled_dot_product_attention");
  const bool is_old = torch::jit::getAllOperatorsFor(name).empty();
  const std::string call = is_old ? "%y : Float(2, 3, 4), %w : Float(2, 3, 5) = "
                                    "aten::_scaled_dot_product_attention(%q, %k, %v, "
                                  : "%y : Float(2, 3, 4) = "
                                    "aten::scaled_dot_product_attention(%q, %k, %v, ";
  const auto flops = [&](const std::string& mask, const std::string& dropout,
                         const std::string& is_causal) {
    return flops_of(R"(graph(%q : Float(2, 3, 8), %k : Float(2, 5, 8), %v : Float(2, 5, 4),
                             %mask : Float(3, 5)):
                         %no_mask : NoneType = prim::Constant()
                         %none : float = prim::Constant[value=0.]()
                         %half : float = prim::Constant[value=0.5]()
                         %false : bool = prim::Constant[value=0]()
                         %true : bool = prim::Constant[value=1]()
                         )" +
                    call + mask + ", " + dropout + (is_old ? ", %false, " : ", ") + is_causal +
                    R"()
                         return (%y))");
  };
  const int64_t scores = 2 * 3 * 5;
  const int64_t plain = 2 * scores * (8 + 4) + 2 * 3 * 8 + 5 * scores;
  EXPECT_EQ(flops("%no_mask", "%none", "%false"), plain);
  EXPECT_EQ(flops("%mask", "%none", "%false"), plain + scores);
  EXPECT_EQ(flops("%no_mask", "%none", "%true"), plain + scores);
  EXPECT_EQ(flops("%no_mask", "%half", "%false"), plain + 2 * scores);
}

TEST(CostRules, OfACellAreItsWeightsForEveryRow) {
  const std::string weights =
      "%w : Float(16, 3), %u : Float(16, 4), %b : Float(16), %c : Float(16)";
  EXPECT_EQ(macs_of("graph(%x : Float(5, 3), %h : Float(5, 4), %g : Float(5, 4), " + weights +
                    R"():
                         %s : Tensor[] = prim::ListConstruct(%h, %g)
                         %y : Float(5, 4), %z : Float(5, 4) = aten::lstm_cell(%x, %s, %w, %u, %b, %c)
                         return (%y))"),
            5 * (16 * 3 + 16 * 4));
  EXPECT_EQ(flops_of(R"(graph(%x : Float(5, 3), %h : Float(5, 4), %w : Float(12, 3),
                              %u : Float(12, 4), %b : Float(12), %c : Float(12)):
                         %y : Float(5, 4) = aten::gru_cell(%x, %h, %w, %u, %b, %c)
                         return (%y))"),
            5 * (2 * (12 * 3 + 12 * 4) + 12 + 12));
}

TEST(CostRules, OfAWholeEncoderLayerAreItsWeightsAndItsAttention) {
  // Projections in and out of 8 features, and a feed-forward part of 16, on 2 times 5 tokens.
  EXPECT_EQ(macs_of(R"(graph(%x : Float(2, 5, 8), %iw : Float(24, 8), %ib : Float(24),
                             %ow : Float(8, 8), %ob : Float(8), %n : Float(8), %b : Float(8),
                             %fw : Float(16, 8), %fb : Float(16), %gw : Float(8, 16)):
                         %8 : int = prim::Constant[value=8]()
                         %f : bool = prim::Constant[value=0]()
                         %e : float = prim::Constant[value=0.1]()
                         %o : NoneType = prim::Constant()
                         %y : Float(2, 5, 8) = aten::_transformer_encoder_layer_fwd(%x, %8, %8, %iw,
                           %ib, %ow, %ob, %f, %f, %e, %n, %b, %n, %b, %fw, %fb, %gw, %b, %o, %o)
                         return (%y))"),
            2 * 5 * (24 * 8 + 8 * 8 + 16 * 8 + 8 * 16) + 2 * (2 * 5 * 5 * 8));
}

TEST(CostRules, OfProductsAreWhatIsSummedOver) {
  EXPECT_EQ(macs_of(R"(graph(%a : Float(6), %m : Float(6, 7), %v : Float(7)):
                         %y : Float(6) = aten::addmv(%a, %m, %v)
                         return (%y))"),
            6 * 7);
  EXPECT_EQ(macs_of(R"(graph(%a : Float(5, 6), %b : Float(5, 7), %w : Float(4, 6, 7)):
                         %y : Float(5, 4) = aten::bilinear(%a, %b, %w)
                         return (%y))"),
            5 * 4 * 6 * 7);
  EXPECT_EQ(macs_of(R"(graph(%a : Float(2, 3, 4), %b : Float(4, 3, 5)):
                         %1 : int = prim::Constant[value=1]()
                         %2 : int = prim::Constant[value=2]()
                         %0 : int = prim::Constant[value=0]()
                         %i : int[] = prim::ListConstruct(%2, %1)
                         %j : int[] = prim::ListConstruct(%0, %1)
                         %y : Float(2, 5) = aten::tensordot(%a, %b, %i, %j)
                         return (%y))"),
            2 * 5 * 3 * 4);
}

TEST(CostRules, OfConvolutionsThatArePaddedByName) {
  EXPECT_EQ(macs_of(R"(graph(%x : Float(1, 3, 8, 8), %w : Float(4, 3, 3, 3), %b : Float(4)):
                         %y : Float(1, 4, 8, 8) = aten::_convolution_mode(%x, %w, %b)
                         return (%y))"),
            4 * 8 * 8 * 3 * 3 * 3);
}

TEST(CostRules, OfPoolingAreTheWindows) {
  EXPECT_EQ(flops_of(R"(graph(%x : Float(2, 3, 8)):
                         %2 : int = prim::Constant[value=2]()
                         %1 : int = prim::Constant[value=1]()
                         %0 : int = prim::Constant[value=0]()
                         %k : int[] = prim::ListConstruct(%2)
                         %p : int[] = prim::ListConstruct(%0)
                         %d : int[] = prim::ListConstruct(%1)
                         %f : bool = prim::Constant[value=0]()
                         %y : Float(2, 3, 4) = aten::max_pool1d(%x, %k, %k, %p, %d, %f)
                         return (%y))"),
            2 * 3 * 4 * 2);
  EXPECT_EQ(flops_of(R"(graph(%x : Float(1, 2, 4, 4, 4)):
                         %2 : int = prim::Constant[value=2]()
                         %1 : int = prim::Constant[value=1]()
                         %0 : int = prim::Constant[value=0]()
                         %k : int[] = prim::ListConstruct(%2)
                         %p : int[] = prim::ListConstruct(%0)
                         %d : int[] = prim::ListConstruct(%1)
                         %f : bool = prim::Constant[value=0]()
                         %y : Float(1, 2, 2, 2, 2) = aten::max_pool3d(%x, %k, %k, %p, %d, %f)
                         return (%y))"),
            2 * 2 * 2 * 2 * (2 * 2 * 2));
}

TEST(CostRules, OfWhatOnlyPutsNumbersInPlaceAreNothing) {
  EXPECT_EQ(flops_of(R"(graph(%x : Long(3), %none : NoneType):
                         %y : Long(3) = aten::as_tensor(%x, %none, %none)
                         return (%y))"),
            0);
}

TEST(CostRules, OfInterpolationAreThePointsThatAreWeighed) {
  EXPECT_EQ(flops_of(R"(graph(%x : Float(1, 2, 4, 4)):
                         %y : Float(1, 2, 8, 8) = aten::upsample_bilinear2d(%x)
                         return (%y))"),
            2 * 8 * 8 * 2 * 4);
  EXPECT_EQ(flops_of(R"(graph(%a : Float(5, 3), %b : Float(7, 3)):
                         %y : Float(5, 7) = aten::cdist(%a, %b)
                         return (%y))"),
            3 * 5 * 7 * 3);
}

TEST(CostRules, OfLossesAreTheirFormulasForEachElementAndTheSum) {
  const auto flops = [](const std::string& name, const std::string& more, int reduction) {
    return flops_of(R"(graph(%x : Float(3, 4), %t : Float(3, 4), %w : Float(3, 4), %v : Float(4)):
                         %none : NoneType = prim::Constant()
                         %r : int = prim::Constant[value=)" +
                    std::to_string(reduction) + R"(]()
                         %one : float = prim::Constant[value=1.]()
                         %false : bool = prim::Constant[value=0]()
                         %y : Float()" +
                    (reduction == 0 ? "3, 4" : "") + ") = aten::" + name + "(%x, %t" + more + R"()
                         return (%y))");
  };
  EXPECT_EQ(flops("mse_loss", ", %r", 0), 12 * 2);
  EXPECT_EQ(flops("mse_loss", ", %r", 1), 12 * 3);
  EXPECT_EQ(flops("l1_loss", ", %r", 2), 12 * 3);
  EXPECT_EQ(flops("smooth_l1_loss", ", %r, %one", 1), 12 * 5);
  EXPECT_EQ(flops("huber_loss", ", %r, %one", 1), 12 * 5);
  EXPECT_EQ(flops("kl_div", ", %r, %false", 1), 12 * 4);
  EXPECT_EQ(flops("binary_cross_entropy", ", %none, %r", 1), 12 * 8);
  EXPECT_EQ(flops("binary_cross_entropy", ", %w, %r", 1), 12 * 9);
  EXPECT_EQ(flops("binary_cross_entropy_with_logits", ", %w, %v, %r", 1), 12 * 11);
}

TEST(CostRules, OfLossesOfClassesAreTheSoftmaxAndTheScoresOfTheTargets) {
  const auto flops = [](const std::string& name, const std::string& target,
                        const std::string& weight) {
    return flops_of(R"(graph(%x : Float(6, 10), %c : Long(6), %p : Float(6, 10), %w : Float(10)):
                         %none : NoneType = prim::Constant()
                         %r : int = prim::Constant[value=1]()
                         %i : int = prim::Constant[value=-100]()
                         %s : float = prim::Constant[value=0.]()
                         %y : Float() = aten::)" +
                    name + "(%x, " + target + ", " + weight + ", %r, %i" +
                    (name == "nll_loss" ? "" : ", %s") + R"()
                         return (%y))");
  };
  EXPECT_EQ(flops("nll_loss", "%c", "%none"), 6 * 2);
  EXPECT_EQ(flops("nll_loss", "%c", "%w"), 6 * 3);
  EXPECT_EQ(flops("cross_entropy_loss", "%c", "%none"), 60 * 5 + 6 * 2);
  EXPECT_EQ(flops("cross_entropy_loss", "%c", "%w"), 60 * 5 + 6 * 3);
  EXPECT_EQ(flops("cross_entropy_loss", "%p", "%none"), 60 * 5 + 60 * 2);
}

TEST(CostRules, OfDistancesAndSimilaritiesAreTheElementsThatAreCompared) {
  EXPECT_EQ(flops_of(R"(graph(%a : Float(5, 3), %b : Float(5, 3)):
                         %y : Float(5) = aten::pairwise_distance(%a, %b)
                         return (%y))"),
            5 * 3 * 3);
  EXPECT_EQ(flops_of(R"(graph(%a : Float(5, 3, 7), %b : Float(1, 3, 7)):
                         %d : int = prim::Constant[value=1]()
                         %e : float = prim::Constant[value=0.]()
                         %y : Float(5, 7) = aten::cosine_similarity(%a, %b, %d, %e)
                         return (%y))"),
            5 * 7 * (6 * 3 + 3));
}

TEST(CostRules, OfASignalFromItsSpectrogramAreTheTransformsAndTheirSum) {
  EXPECT_EQ(flops_of(R"(graph(%x : ComplexFloat(2, 9, 7), %w : Float(16)):
                         %n : int = prim::Constant[value=16]()
                         %h : int = prim::Constant[value=4]()
                         %none : NoneType = prim::Constant()
                         %true : bool = prim::Constant[value=1]()
                         %false : bool = prim::Constant[value=0]()
                         %y : Float(2, 24) = aten::istft(%x, %n, %h, %none, %w, %true, %false, %none, %none, %false)
                         return (%y))"),
            2 * 7 * 16 * 5 * 4 / 2 + 2 * 7 * 16 + 2 * 7 * 16 + 2 * 24);
}

TEST(CostRules, DoNotGuessWhereAShapeIsNotKnown) {
  EXPECT_FALSE(cost_of(R"(graph(%x : Float(*, *), %w : Float(4, 3)):
                            %y : Float(*, *) = aten::linear(%x, %w)
                            return (%y))")
                   .has_value());
  EXPECT_FALSE(cost_of(R"(graph(%x : Float(2, 3)):
                            %y : Float(2, 3) = aten::an_operation_of_tomorrow(%x)
                            return (%y))")
                   .has_value());
}
