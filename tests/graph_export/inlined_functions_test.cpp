// Compiled with debug information and optimised: it tells of functions that the compiler inlined.

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/graph_export.h>
#include <suar/graph_ops.h>

#define INLINED [[gnu::always_inline]] inline

namespace {

std::vector<std::string> names_of_operations(const suar::Graph& graph) {
  std::vector<std::string> names;
  for (const suar::GraphNode& node : graph.nodes) {
    if (suar::is_operation(node)) names.push_back(node.name);
  }
  return names;
}

using Names = std::vector<std::string>;

/// Ends with an operation that nothing but its function tells from the caller's.
struct BlockImpl : torch::nn::Module {
  INLINED torch::Tensor forward(torch::Tensor x) { return torch::relu(norm->forward(x)); }
  torch::nn::LayerNorm norm =
      register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({3})));
};
TORCH_MODULE(Block);

struct SwishImpl : torch::nn::Module {
  INLINED torch::Tensor forward(torch::Tensor x) { return x * torch::sigmoid(x); }
};
TORCH_MODULE(Swish);

struct Net : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    x = first->forward(x).tanh();
    return second->forward(x).exp();
  }
  Block first = register_module("first", Block());
  Block second = register_module("second", Block());
};

TEST(InlinedFunctions, KeepTheOperationsAtTheirEnds) {
  Net net;
  EXPECT_EQ(names_of_operations(suar::export_graph(net, torch::rand({2, 3}))),
            Names({"Net/first/norm/layer_norm", "Net/first/relu", "Net/tanh",
                   "Net/second/norm/layer_norm", "Net/second/relu", "Net/exp"}));
}

struct Activations : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return second->forward(first->forward(x).tanh()).exp(); }
  Swish first = register_module("first", Swish());
  Swish second = register_module("second", Swish());
};

TEST(InlinedFunctions, OfModulesWithoutParametersAreTheirs) {
  Activations net;
  EXPECT_EQ(names_of_operations(suar::export_graph(net, torch::rand({2, 3}))),
            Names({"Activations/first/sigmoid", "Activations/first/mul", "Activations/tanh",
                   "Activations/second/sigmoid", "Activations/second/mul", "Activations/exp"}));
}

struct Stack : torch::nn::Module {
  Stack() {
    for (int i = 0; i < 2; ++i) blocks->push_back(Block());
    register_module("blocks", blocks);
  }
  torch::Tensor forward(torch::Tensor x) {
    for (const auto& block : *blocks) x = block->as<Block>()->forward(x).tanh();
    return x;
  }
  torch::nn::ModuleList blocks;
};

TEST(InlinedFunctions, InALoopAreThoseOfItsTurns) {
  Stack net;
  EXPECT_EQ(names_of_operations(suar::export_graph(net, torch::rand({2, 3}))),
            Names({"Stack/blocks/0/norm/layer_norm", "Stack/blocks/0/relu", "Stack/tanh",
                   "Stack/blocks/1/norm/layer_norm", "Stack/blocks/1/relu", "Stack/tanh_1"}));
}

/// Three functions in one another.
struct OuterImpl : torch::nn::Module {
  INLINED torch::Tensor forward(torch::Tensor x) { return block->forward(x).sin(); }
  Block block = register_module("block", Block());
};
TORCH_MODULE(Outer);

struct Deep : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return outer->forward(x).exp(); }
  Outer outer = register_module("outer", Outer());
};

TEST(InlinedFunctions, MayStandInOneAnother) {
  Deep net;
  EXPECT_EQ(names_of_operations(suar::export_graph(net, torch::rand({2, 3}))),
            Names({"Deep/outer/block/norm/layer_norm", "Deep/outer/block/relu", "Deep/outer/sin",
                   "Deep/exp"}));
}

struct GuardedImpl : torch::nn::Module {
  INLINED torch::Tensor forward(torch::Tensor x) {
    x = x.sin();
    SUAR_SCOPE("inside");
    return x.cos();
  }
};
TORCH_MODULE(Guarded);

struct Guards : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    SUAR_SCOPE("outside");
    return guarded->forward(x.tanh()).exp();
  }
  Guarded guarded = register_module("guarded", Guarded());
};

TEST(InlinedFunctions, HoldTheGuardsThatStandInThem) {
  Guards net;
  EXPECT_EQ(names_of_operations(suar::export_graph(net, torch::rand({2, 3}))),
            Names({"Guards/outside/tanh", "Guards/guarded/sin", "Guards/guarded/inside/cos",
                   "Guards/outside/exp"}));
}

}  // namespace
