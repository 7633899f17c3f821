// Layers that keep their weights packed in objects of LibTorch's, as quantized models do.

#include <memory>
#include <string>
#include <vector>

#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/ir/irparser.h>
#include <torch/script.h>

#include <suar/graph_cost.h>
#include <suar/graph_export.h>

#include "graph_checks.h"

using namespace suar::testing;

namespace {

c10::IValue pack(const char* operation, std::vector<c10::IValue> arguments) {
  const auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(operation, "");
  handle.callBoxed(&arguments);
  return arguments.front();
}

torch::Tensor quantized(c10::IntArrayRef sizes) {
  return torch::quantize_per_tensor(torch::rand(sizes), 0.1, 0, torch::kQInt8);
}

torch::jit::Module layer(const std::string& name, const c10::IValue& packed) {
  torch::jit::Module module("__torch__." + name);
  module.register_attribute("_packed_params", packed.type(), packed);
  return module;
}

/// A convolution of 4 to 6 channels in 2 groups with a bias, and an activation in one with it; a
/// linear layer of 6 to 5 features without a bias.
torch::jit::Module quantized_net() {
  const c10::List<int64_t> ones({1, 1}), zeros({0, 0});
  torch::jit::Module net("__torch__.QuantizedNet");
  net.register_module("conv", layer("Conv", pack("quantized::conv2d_prepack",
                                                 {quantized({6, 2, 3, 3}), torch::rand({6}), ones,
                                                  zeros, ones, int64_t{2}})));
  net.register_module(
      "fc", layer("Linear", pack("quantized::linear_prepack", {quantized({5, 6}), c10::IValue()})));
  auto graph = std::make_shared<torch::jit::Graph>();
  torch::jit::parseIR(R"(graph(%self, %x : Tensor):
      %scale : float = prim::Constant[value=0.1]()
      %zero : int = prim::Constant[value=0]()
      %type : int = prim::Constant[value=13]()
      %conv = prim::GetAttr[name="conv"](%self)
      %fc = prim::GetAttr[name="fc"](%self)
      %conv_packed = prim::GetAttr[name="_packed_params"](%conv)
      %fc_packed = prim::GetAttr[name="_packed_params"](%fc)
      %q : Tensor = aten::quantize_per_tensor(%x, %scale, %zero, %type)
      %y : Tensor = quantized::conv2d_relu(%q, %conv_packed, %scale, %zero)
      %one : int = prim::Constant[value=1]()
      %three : int = prim::Constant[value=3]()
      %rows : Tensor = aten::flatten(%y, %one, %three)
      %z : Tensor = quantized::linear(%rows, %fc_packed, %scale, %zero)
      %r : Tensor = aten::dequantize(%z)
      return (%r))",
                      graph.get());
  graph->inputs()[0]->setType(net.type());
  for (torch::jit::Node* node : graph->nodes()) {
    if (node->kind() != c10::prim::GetAttr) continue;
    node->output()->setType(
        node->input()->type()->expectRef<c10::ClassType>().getAttribute(node->s(c10::attr::name)));
  }
  net.type()->addMethod(net._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*net.type()->name(), "forward"), graph));
  return net;
}

/// What a recurrent layer of 4 features and a state of 3 keeps of its weights.
c10::IValue packed_cell(int64_t gates) {
  const int64_t rows = gates * 3;
  const torch::Tensor input_bias = torch::rand({rows}), state_bias = torch::rand({rows});
  const c10::IValue input = pack("quantized::linear_prepack", {quantized({rows, 4}), input_bias});
  const c10::IValue state = pack("quantized::linear_prepack", {quantized({rows, 3}), state_bias});
  return pack("quantized::make_quantized_cell_params_dynamic",
              {input, state, input_bias, state_bias, true});
}

/// A recurrent layer in both directions on [5, 2, 4], as quantize_dynamic makes it of `nn.LSTM`.
torch::jit::Module quantized_lstm() {
  torch::jit::Module weights("__torch__.ModuleList");
  for (const char* const direction : {"0", "1"}) {
    weights.register_module(direction, layer("PackedParameter", packed_cell(4)));
  }
  torch::jit::Module net("__torch__.LSTM");
  net.register_module("_all_weight_values", weights);
  auto graph = std::make_shared<torch::jit::Graph>();
  torch::jit::parseIR(R"(graph(%self, %x : Tensor, %h : Tensor):
      %weights = prim::GetAttr[name="_all_weight_values"](%self)
      %0 = prim::GetAttr[name="0"](%weights)
      %1 = prim::GetAttr[name="1"](%weights)
      %forth = prim::GetAttr[name="_packed_params"](%0)
      %back = prim::GetAttr[name="_packed_params"](%1)
      %cells = prim::ListConstruct(%forth, %back)
      %states : Tensor[] = prim::ListConstruct(%h, %h)
      %true : bool = prim::Constant[value=1]()
      %false : bool = prim::Constant[value=0]()
      %one : int = prim::Constant[value=1]()
      %zero : float = prim::Constant[value=0.]()
      %none : NoneType = prim::Constant()
      %y : Tensor, %hn : Tensor, %cn : Tensor = aten::quantized_lstm(%x, %states, %cells, %true, %one, %zero, %false, %true, %false, %none, %true)
      return (%y))",
                      graph.get());
  graph->inputs()[0]->setType(net.type());
  for (torch::jit::Node* node : graph->nodes()) {
    if (node->kind() == c10::prim::GetAttr) {
      node->output()->setType(node->input()->type()->expectRef<c10::ClassType>().getAttribute(
          node->s(c10::attr::name)));
    } else if (node->kind() == c10::prim::ListConstruct) {
      node->output()->setType(c10::ListType::create(node->input(0)->type()));
    }
  }
  net.type()->addMethod(net._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*net.type()->name(), "forward"), graph));
  return net;
}

}  // namespace

TEST(QuantizedLayers, CountAsTheyWouldUnpacked) {
  if (at::globalContext().qEngine() == at::QEngine::NoQEngine) {
    GTEST_SKIP() << "this LibTorch has no kernels for quantized layers";
  }
  const torch::jit::Module net = quantized_net();
  const suar::Graph graph = suar::export_graph(net, torch::rand({2, 4, 3, 3}));
  expect_well_formed(graph);
  const auto costs = suar::cost_by_scope(graph);
  const auto& conv = costs.at("QuantizedNet/conv");
  EXPECT_EQ(conv.parameters, 6 * 2 * 3 * 3 + 6);
  EXPECT_EQ(conv.trainable_parameters, 0);
  EXPECT_EQ(conv.parameter_bytes, 6 * 2 * 3 * 3 + 4 * 6);
  const auto& fc = costs.at("QuantizedNet/fc");
  EXPECT_EQ(fc.parameters, 5 * 6);
  const auto& whole = costs.at("");
  EXPECT_EQ(whole.parameters, conv.parameters + fc.parameters);
  EXPECT_EQ(whole.unknown, 0);
  const int64_t conv_macs = 2 * 6 * (2 * 3 * 3);
  const int64_t fc_macs = 2 * 5 * 6;
  EXPECT_EQ(whole.macs, conv_macs + fc_macs);
  // Quantizing, bias and activation of the convolution, back to floating point.
  EXPECT_EQ(whole.flops, 2 * (conv_macs + fc_macs) + 2 * 4 * 9 + 2 * (2 * 6) + 2 * 5);
}

TEST(QuantizedLayers, HaveTheirWeightsCountedWithoutARun) {
  if (at::globalContext().qEngine() == at::QEngine::NoQEngine) {
    GTEST_SKIP() << "this LibTorch has no kernels for quantized layers";
  }
  const auto costs = suar::cost_by_scope(suar::export_graph(quantized_net()));
  EXPECT_EQ(costs.at("").parameters, 6 * 2 * 3 * 3 + 6 + 5 * 6);
}

TEST(QuantizedLayers, ThatAreRecurrentCountTheirWeightsForEveryTokenAndDirection) {
  if (at::globalContext().qEngine() == at::QEngine::NoQEngine) {
    GTEST_SKIP() << "this LibTorch has no kernels for quantized layers";
  }
  const suar::Graph graph =
      suar::export_graph(quantized_lstm(), {torch::rand({5, 2, 4}), torch::zeros({2, 2, 3})});
  expect_well_formed(graph);
  const auto costs = suar::cost_by_scope(graph);
  const int64_t weights = 12 * 4 + 12 * 3;
  EXPECT_EQ(costs.at("LSTM/_all_weight_values/1").parameters, weights + 12 + 12);
  EXPECT_EQ(costs.at("LSTM/_all_weight_values/1").parameter_bytes, weights + 4 * (12 + 12));
  EXPECT_EQ(costs.at("").parameters, 2 * (weights + 12 + 12));
  EXPECT_EQ(costs.at("").unknown, 0);
  EXPECT_EQ(costs.at("").macs, 5 * 2 * 2 * weights);
  EXPECT_EQ(costs.at("").flops, 5 * 2 * 2 * (2 * weights + 12 + 12));
  const auto structure = suar::cost_by_scope(suar::export_graph(quantized_lstm()));
  EXPECT_EQ(structure.at("").parameters, 2 * (weights + 12 + 12));
}
