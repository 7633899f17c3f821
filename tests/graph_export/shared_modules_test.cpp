// Layers and weights that several modules hold: each use is shown in the module that called it.

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/graph_export.h>
#include <suar/graph_scope.h>

#include "graph_checks.h"

using namespace suar::testing;

namespace {

using Scopes = std::vector<std::string>;

#define SUAR_ALWAYS_INLINE __attribute__((always_inline)) inline
#define SUAR_NEVER_INLINE __attribute__((noinline))

/// Functions of a stripped program have no names.
bool have_functions_names() {
  return std::getenv("SUAR_TEST_IS_STRIPPED") == nullptr;
}

/// Whose forward() is a function of its own.
struct CalledImpl : torch::nn::Module {
  explicit CalledImpl(const torch::nn::Linear& linear) : layer(register_module("layer", linear)) {}
  SUAR_NEVER_INLINE torch::Tensor forward(torch::Tensor x) { return torch::relu(layer(x)); }
  torch::nn::Linear layer;
};
TORCH_MODULE(Called);

/// Whose forward() is part of its caller.
struct InlinedImpl : torch::nn::Module {
  explicit InlinedImpl(const torch::nn::Linear& linear) : layer(register_module("layer", linear)) {}
  SUAR_ALWAYS_INLINE torch::Tensor forward(torch::Tensor x) { return torch::relu(layer(x)); }
  torch::nn::Linear layer;
};
TORCH_MODULE(Inlined);

}  // namespace

TEST(SharedModules, AreShownInEachModuleThatCallsThem) {
  struct Net : torch::nn::Module {
    Net() {
      const torch::nn::Linear linear(4, 4);
      first = register_module("first", Called(linear));
      second = register_module("second", Called(linear));
    }
    torch::Tensor forward(torch::Tensor x) { return second(first(x)); }
    Called first = nullptr, second = nullptr;
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::addmm"), (Scopes{"Net/first/layer", "Net/second/layer"}));
  EXPECT_EQ(node_named(graph, "Net/second/layer/t").inputs, (Scopes{"Net/first/layer/weight"}));
  if (have_functions_names()) {
    EXPECT_EQ(scopes_of(graph, "aten::relu"), (Scopes{"Net/first", "Net/second"}));
  }
}

TEST(SharedModules, AreShownInEachModuleThatTheCompilerPutIntoItsCaller) {
  struct Net : torch::nn::Module {
    Net() {
      const torch::nn::Linear linear(4, 4);
      first = register_module("first", Inlined(linear));
      second = register_module("second", Inlined(linear));
    }
    torch::Tensor forward(torch::Tensor x) { return second->forward(first->forward(x)); }
    Inlined first = nullptr, second = nullptr;
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::addmm"), (Scopes{"Net/first/layer", "Net/second/layer"}));
}

TEST(SharedModules, AreToldApartByThePlacesThatCallThemAgainAndAgain) {
  struct Net : torch::nn::Module {
    Net() {
      const torch::nn::Linear linear(4, 4);
      first = register_module("first", Called(linear));
      second = register_module("second", Called(linear));
    }
    torch::Tensor forward(torch::Tensor x) {
      for (int turn = 0; turn < 3; ++turn) x = second(first(x));
      return x;
    }
    Called first = nullptr, second = nullptr;
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  if (!have_functions_names()) return;
  EXPECT_EQ(scopes_of(graph, "aten::addmm"),
            (Scopes{"Net/first/layer", "Net/second/layer", "Net/first/layer", "Net/second/layer",
                    "Net/first/layer", "Net/second/layer"}));
}

TEST(SharedModules, TakeTurnsInALoopOverTheModulesThatHoldThem) {
  struct Net : torch::nn::Module {
    Net() {
      const torch::nn::Linear linear(4, 4);
      for (int i = 0; i < 3; ++i) parts->push_back(Called(linear));
      register_module("parts", parts);
    }
    torch::Tensor forward(torch::Tensor x) {
      for (const auto& part : *parts) x = part->as<CalledImpl>()->forward(x);
      return x;
    }
    torch::nn::ModuleList parts;
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::addmm"),
            (Scopes{"Net/parts/0/layer", "Net/parts/1/layer", "Net/parts/2/layer"}));
}

namespace {

/// With a layer of its own before the one that it shares.
struct OwnAndSharedImpl : torch::nn::Module {
  explicit OwnAndSharedImpl(const torch::nn::Linear& linear)
      : own(register_module("own", torch::nn::Linear(4, 4))),
        shared(register_module("shared", linear)) {}
  SUAR_ALWAYS_INLINE torch::Tensor forward(torch::Tensor x) { return shared(own(x)); }
  torch::nn::Linear own, shared;
};
TORCH_MODULE(OwnAndShared);

}  // namespace

TEST(SharedModules, FollowTheOrderInWhichTheModulesThatHoldThemRun) {
  struct Net : torch::nn::Module {
    Net() {
      const torch::nn::Linear linear(4, 4);
      last = register_module("last", OwnAndShared(linear));
      first = register_module("first", OwnAndShared(linear));
    }
    torch::Tensor forward(torch::Tensor x) { return last->forward(first->forward(x)); }
    OwnAndShared last = nullptr, first = nullptr;
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::addmm"),
            (Scopes{"Net/first/own", "Net/first/shared", "Net/last/own", "Net/last/shared"}));
}

TEST(SharedModules, StayInOnePlaceWhereTheOrderTellsNothing) {
  struct Holder : torch::nn::Module {
    explicit Holder(const torch::nn::Linear& linear) { register_module("layer", linear); }
  };
  struct Net : torch::nn::Module {
    Net() { register_module("holder", std::make_shared<Holder>(layer)); }
    torch::Tensor forward(torch::Tensor x) { return layer(torch::relu(layer(x))); }
    torch::nn::Linear layer = register_module("layer", torch::nn::Linear(4, 4));
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  EXPECT_EQ(scopes_of(graph, "aten::addmm"), (Scopes{"Net/layer", "Net/layer"}));

  struct Thrice : torch::nn::Module {
    Thrice() {
      const torch::nn::Linear linear(4, 4);
      first = register_module("first", Inlined(linear));
      register_module("second", Inlined(linear));
    }
    torch::Tensor forward(torch::Tensor x) {
      return first->forward(first->forward(first->forward(x)));
    }
    Inlined first = nullptr;
  } thrice;
  EXPECT_EQ(scopes_of(suar::export_graph(thrice, torch::zeros({2, 4})), "aten::addmm"),
            (Scopes{"Thrice/first/layer", "Thrice/first/layer", "Thrice/first/layer"}));
}

namespace {

struct ProductImpl : torch::nn::Module {
  explicit ProductImpl(const torch::Tensor& shared)
      : weight(register_parameter("weight", shared)) {}
  SUAR_NEVER_INLINE torch::Tensor forward(torch::Tensor x) { return x.matmul(weight); }
  torch::Tensor weight;
};
TORCH_MODULE(Product);

}  // namespace

TEST(SharedModules, AreToldApartAlsoWhereOnlyTheirWeightsAreTheSame) {
  struct Net : torch::nn::Module {
    torch::Tensor forward(torch::Tensor x) { return second(first(x)); }
    torch::Tensor weight = torch::ones({4, 4});
    Product first = register_module("first", Product(weight));
    Product second = register_module("second", Product(weight));
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::matmul"), (Scopes{"Net/first", "Net/second"}));
}

namespace {

/// A layer of the program's own, which is part of its caller.
struct ScaleImpl : torch::nn::Module {
  SUAR_ALWAYS_INLINE torch::Tensor forward(torch::Tensor x) { return x.mul(factor); }
  torch::Tensor factor = register_parameter("factor", torch::ones({4}));
};
TORCH_MODULE(Scale);

struct ScalesImpl : torch::nn::Module {
  explicit ScalesImpl(const Scale& scale) : layer(register_module("layer", scale)) {}
  SUAR_ALWAYS_INLINE torch::Tensor forward(torch::Tensor x) { return layer->forward(x); }
  Scale layer;
};
TORCH_MODULE(Scales);

struct GuardedScaleImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    SUAR_SCOPE(*this);
    return x.mul(factor);
  }
  torch::Tensor factor = register_parameter("factor", torch::ones({4}));
};
TORCH_MODULE(GuardedScale);

struct InSequentialImpl : torch::nn::Module {
  explicit InSequentialImpl(const torch::nn::Sequential& sequential)
      : layers(register_module("layers", sequential)) {}
  SUAR_NEVER_INLINE torch::Tensor forward(torch::Tensor x) { return layers->forward(x).neg(); }
  torch::nn::Sequential layers;
};
TORCH_MODULE(InSequential);

}  // namespace

TEST(SharedModules, MayBeOfTheProgramsOwnClasses) {
  struct Net : torch::nn::Module {
    Net() {
      const Scale scale;
      first = register_module("first", Scales(scale));
      second = register_module("second", Scales(scale));
    }
    torch::Tensor forward(torch::Tensor x) { return second->forward(first->forward(x).neg()); }
    Scales first = nullptr, second = nullptr;
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::mul"), (Scopes{"Net/first/layer", "Net/second/layer"}));
}

TEST(SharedModules, MayHaveAGuardOrBeSequentials) {
  struct Net : torch::nn::Module {
    Net() {
      const torch::nn::Sequential sequential{GuardedScale(), torch::nn::Tanh()};
      first = register_module("first", InSequential(sequential));
      second = register_module("second", InSequential(sequential));
    }
    torch::Tensor forward(torch::Tensor x) { return second(first(x)); }
    InSequential first = nullptr, second = nullptr;
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::zeros({2, 4}));
  expect_well_formed(graph);
  if (!have_functions_names()) return;
  EXPECT_EQ(scopes_of(graph, "aten::mul"), (Scopes{"Net/first/layers/0", "Net/second/layers/0"}));
  EXPECT_EQ(scopes_of(graph, "aten::tanh"), (Scopes{"Net/first/layers/1", "Net/second/layers/1"}));
  EXPECT_EQ(scopes_of(graph, "aten::neg"), (Scopes{"Net/first", "Net/second"}));
}
