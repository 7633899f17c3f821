#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/script.h>

#include <suar/error.h>
#include <suar/graph_export.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;
using Names = std::vector<std::string>;

namespace {

template <typename Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const suar::Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no suar::Error";
  return {};
}

}  // namespace

namespace {

/// Names that the code of files knows, but not that of `define`.
struct FileNames : torch::jit::Resolver {
  std::shared_ptr<torch::jit::SugaredValue> resolveValue(const std::string& name,
                                                         torch::jit::GraphFunction&,
                                                         const torch::jit::SourceRange&) override {
    if (name == "torch") return std::make_shared<torch::jit::BuiltinModule>("aten");
    if (name == "fork") return torch::jit::SpecialFormValue::create(c10::prim::fork);
    if (name == "Exception") return std::make_shared<torch::jit::ExceptionValue>(name);
    return nullptr;
  }
};

}  // namespace

TEST(ScriptState, ListsAndDictionariesOfTheModuleAreAsBefore) {
  torch::jit::Module module("__torch__.Cache");
  const torch::Tensor first = torch::zeros({2, 3});
  c10::List<torch::Tensor> cache({first});
  c10::Dict<std::string, torch::Tensor> named;
  named.insert("old", first);
  module.register_attribute("cache", c10::ListType::ofTensors(), cache);
  module.register_attribute("counts", c10::ListType::ofInts(), c10::List<int64_t>({1}));
  module.register_attribute(
      "named", c10::DictType::create(c10::StringType::get(), c10::TensorType::get()), named);
  module.define(R"(
    def forward(self, x):
      self.cache.append(x)
      self.counts.append(2)
      self.named["new"] = x
      self.cache[0].add_(1)
      return torch.cat(self.cache, 0) * len(self.counts)
  )");
  suar::GraphExportOptions options;
  options.timed_runs(2);
  const suar::Graph graph = suar::export_graph(module, torch::ones({2, 3}), options);
  expect_well_formed(graph);
  EXPECT_EQ(module.attr("cache").toTensorList().size(), 1u);
  EXPECT_TRUE(module.attr("cache").toTensorList().get(0).is_same(first));
  EXPECT_TRUE(torch::equal(first, torch::zeros({2, 3})));
  EXPECT_EQ(module.attr("counts").toIntVector(), std::vector<int64_t>{1});
  EXPECT_EQ(module.attr("named").toGenericDict().size(), 1u);
  EXPECT_EQ(node_named(graph, "Cache/cat").inputs, (Names{"Cache/add_", "input/x"}));
  EXPECT_EQ(node_named(graph, "Cache/cat").output_shapes.front(), (suar::GraphShape{4, 3}));
}

TEST(ScriptState, GradientsAreAsBefore) {
  torch::jit::Module module("__torch__.Clears");
  const torch::Tensor weight = torch::ones({3}, torch::requires_grad());
  weight.mutable_grad() = torch::ones({3});
  module.register_parameter("weight", weight, false);
  module.define(R"(
    def forward(self, x):
      gradient = self.weight.grad
      if gradient is not None:
        gradient.zero_()
      return x * self.weight
  )");
  suar::export_graph(module, torch::ones({2, 3}));
  EXPECT_TRUE(torch::equal(weight.grad(), torch::ones({3})));
}

TEST(ScriptErrors, TheModelsOwnChecksHold) {
  torch::jit::Module module("__torch__.Checked");
  module.define(R"(
    def forward(self, x):
      if x.size(0) > 2:
        raise Exception("batch too large")
      return x * 2
  )",
                std::make_shared<FileNames>());
  const std::string message = message_of([&] { suar::export_graph(module, torch::zeros({3, 3})); });
  EXPECT_NE(message.find("batch too large"), std::string::npos) << message;
  EXPECT_NE(message.find("in forward\n"), std::string::npos) << message;
  const Operations only_what_works = {{"Checked", "aten::mul"}};
  EXPECT_EQ(operations(suar::export_graph(module, torch::zeros({2, 3}))), only_what_works);
  EXPECT_TRUE(scopes_of(suar::export_graph(module), "prim::If").empty());
}

TEST(ScriptErrors, ThatEverySideOfABranchRaisesAreNotInTheStructure) {
  torch::jit::Module module("__torch__.Checked");
  module.define(R"(
    def forward(self, x):
      if x.dim() == 2:
        y = torch.relu(x)
      elif x.dim() == 1:
        raise Exception("a row")
      else:
        raise Exception("more than a matrix")
      return y
  )",
                std::make_shared<FileNames>());
  const suar::Graph graph = suar::export_graph(module);
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"Checked", "aten::relu"}}));
}

TEST(ScriptErrors, RefusesATraceInATraceAndLetsTheOuterOneGoOn) {
  auto state = std::make_shared<torch::jit::tracer::TracingState>();
  torch::jit::tracer::setTracingState(state);
  const std::string message = message_of([] {
    suar::export_graph(script_net(), torch::zeros({2, 6}));
  });
  const bool goes_on = torch::jit::tracer::isTracing();
  torch::jit::tracer::setTracingState(nullptr);
  EXPECT_TRUE(goes_on);
  EXPECT_NE(message.find("in a trace already"), std::string::npos) << message;
}

TEST(ScriptForks, WhatIsForkedIsShownAsWhatItDoesAlsoWhereListsHoldTheFutures) {
  torch::jit::Module module("__torch__.Forks");
  module.register_module("a", script_linear(3, 3));
  module.register_module("b", script_linear(3, 3));
  module.define(R"(
    def run_a(self, x):
      return self.a.forward(x)
    def run_b(self, x):
      return self.b.forward(x)
    def forward(self, x):
      tasks = [fork(self.run_a, x), fork(self.run_b, x)]
      results = [x]
      for task in tasks:
        results.append(torch.wait(task))
      return torch.stack(results)
  )",
                std::make_shared<FileNames>());
  const suar::Graph graph = suar::export_graph(module, torch::ones({2, 3}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::linear"), (Names{"Forks/a", "Forks/b"}));
  EXPECT_EQ(node_named(graph, "Forks/stack").output_shapes.front(), (suar::GraphShape{3, 2, 3}));
}
