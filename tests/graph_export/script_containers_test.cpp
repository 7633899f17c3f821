// Lists, dictionaries and tuples that TorchScript code takes elements of.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/script.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "script_models.h"

using namespace suar::testing;
using Names = std::vector<std::string>;

namespace {

const Operations kNothing;

c10::Dict<std::string, torch::Tensor> tensors(const Names& names) {
  c10::Dict<std::string, torch::Tensor> all;
  for (const std::string& name : names) all.insert(name, torch::ones({2, 4}));
  return all;
}

suar::Graph exported(const std::string& code, const std::vector<c10::IValue>& inputs) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", code), inputs);
  expect_well_formed(graph);
  return graph;
}

suar::Graph structure(const std::string& code) {
  const suar::Graph graph = suar::export_graph(script_module("__torch__.M", code));
  expect_well_formed(graph);
  return graph;
}

Names inputs_of(const suar::Graph& graph) {
  Names names;
  for (const suar::GraphNode& node : graph.nodes) {
    if (node.op == suar::graph_op::kInput) names.push_back(node.name);
  }
  return names;
}

/// Knows "Pair", which `define` cannot write.
struct PairName : torch::jit::Resolver {
  c10::TypePtr resolveType(const std::string& name, const torch::jit::SourceRange&) override {
    if (name != "Pair") return nullptr;
    const c10::TypePtr tensor = c10::TensorType::get();
    return c10::TupleType::createNamed(
        c10::QualifiedName("__torch__.Pair"), std::vector<std::string>{"left", "right"},
        std::vector<c10::TypePtr>{tensor, c10::OptionalType::create(tensor)});
  }
};

/// Takes what a dictionary that may be missing holds, if it does.
const char* const kOptional = R"(
    def forward(self, x, named: Optional[Dict[str, Tensor]]):
      if named is not None:
        x = x + named["shift"]
        if "scale" in named:
          x = x * named["scale"]
        if "power" in named:
          x = torch.pow(x, named["power"])
      return x
)";

}  // namespace

TEST(ScriptContainers, OfADictionaryThatMayBeMissingAreItsTensors) {
  const suar::Graph graph = exported(kOptional, {torch::ones({2, 4}), tensors({"shift", "scale"})});
  EXPECT_EQ(operations(graph), (Operations{{"M", "aten::add"}, {"M", "aten::mul"}}));
  EXPECT_EQ(node_named(graph, "M/add").inputs, (Names{"input/x", "input/named.shift"}));
  EXPECT_EQ(node_named(graph, "M/mul").inputs, (Names{"M/add", "input/named.scale"}));
  EXPECT_EQ(operations(exported(kOptional, {torch::ones({2, 4}), c10::IValue()})), kNothing);
}

TEST(ScriptContainers, OfADictionaryAreWhatTheCodeLooksUpAlsoWithoutARun) {
  const suar::Graph graph = structure(kOptional);
  EXPECT_EQ(inputs_of(graph),
            (Names{"input/x", "input/named.shift", "input/named.scale", "input/named.power"}));
  EXPECT_EQ(operations(graph), (Operations{{"M/if/then", "aten::add"},
                                           {"M/if/then/if/then", "aten::mul"},
                                           {"M/if/then/if", "prim::If"},
                                           {"M/if/then/if_1/then", "aten::pow"},
                                           {"M/if/then/if_1", "prim::If"},
                                           {"M/if", "prim::If"}}));
  EXPECT_EQ(node_named(graph, "M/if/then/if/then/mul").inputs,
            (Names{"M/if/then/add", "input/named.scale"}));
}

TEST(ScriptContainers, AreOneNodeWithoutARunWhereTheCodeDoesMoreThanLookUp) {
  const suar::Graph graph = structure(R"(
    def forward(self, some: List[Tensor], pair: List[Tensor]):
      return torch.cat(some) + some[0], pair[0] * pair[1]
  )");
  EXPECT_EQ(inputs_of(graph), (Names{"input/some", "input/pair.0", "input/pair.1"}));
  EXPECT_EQ(node_named(graph, "M/cat").inputs, Names{"input/some"});
  EXPECT_EQ(node_named(graph, "M/mul").inputs, (Names{"input/pair.0", "input/pair.1"}));
}

TEST(ScriptContainers, AnswerWhatIsAskedOfThem) {
  const suar::Graph graph = exported(R"(
    def forward(self, x, named: Dict[str, Tensor]):
      shift = named.get("shift")
      if shift is not None:
        x = x + shift
      nothing = named.get("nothing")
      if nothing is not None:
        x = x * nothing
      return torch.neg(named.get("nothing", x)), list(named.values())[1:]
  )",
                                     {torch::ones({2, 4}), tensors({"shift", "a", "b"})});
  EXPECT_EQ(operations(graph), (Operations{{"M", "aten::add"}, {"M", "aten::neg"}}));
  EXPECT_EQ(node_named(graph, "M/add").inputs, (Names{"input/x", "input/named.shift"}));
  EXPECT_EQ(node_named(graph, "M/neg").inputs, Names{"M/add"});
  EXPECT_EQ(node_named(graph, "output/y_1").inputs, Names{"input/named.a"});
  EXPECT_EQ(node_named(graph, "output/y_2").inputs, Names{"input/named.b"});
}

TEST(ScriptContainers, AreTakenFromInLoopsByOneNode) {
  const std::vector<std::pair<std::string, c10::IValue>> forms = {
      {"some: Dict[str, Tensor]):\n      for key, tensor in some.items():\n        y = y + tensor",
       tensors({"a", "b"})},
      {"some: Dict[str, Tensor]):\n      for key in some.keys():\n        y = y + some[key]",
       tensors({"a", "b"})},
      {"some: Dict[str, Tensor]):\n      for tensor in some.values():\n        y = y + tensor",
       tensors({"a", "b"})},
      {"some: List[Dict[str, Tensor]]):\n      for one in some:\n        y = y + one[\"t\"]",
       c10::List<c10::Dict<std::string, torch::Tensor>>({tensors({"t"}), tensors({"t"})})}};
  for (const auto& [code, input] : forms) {
    SCOPED_TRACE(code);
    const suar::Graph graph = exported("\n    def forward(self, y, " + code + "\n      return y\n",
                                       {torch::ones({2, 4}), input});
    EXPECT_EQ(operations(graph), (Operations{{"M/loop", "aten::__getitem__"},
                                             {"M/loop", "aten::add"},
                                             {"M/loop", "prim::Loop"}}));
    const suar::GraphNode lookup = node_named(graph, "M/loop/__getitem__");
    EXPECT_EQ(lookup.inputs.size(), 2u);
    EXPECT_EQ(lookup.inputs.front().substr(0, 11), "input/some.");
    EXPECT_EQ(lookup.output_shapes.front(), (suar::GraphShape{2, 4}));
    EXPECT_EQ(std::get<int64_t>(lookup.attributes.at("executions")), 2);
    EXPECT_EQ(node_named(graph, "M/loop/add").inputs, (Names{"input/y", lookup.name}));
  }
}

TEST(ScriptContainers, ThatTheCodeSetsPieceByPieceAreOutputsByTheirKeys) {
  const char* const code = R"(
    def forward(self, x):
      found: Dict[str, Tensor] = {}
      found["boxes"] = torch.relu(x)
      found["scores"] = torch.neg(found["boxes"])
      found["boxes"] = torch.tanh(found["boxes"])
      return found
  )";
  for (const suar::Graph& graph : {exported(code, {torch::ones({2, 4})}), structure(code)}) {
    EXPECT_EQ(operations(graph),
              (Operations{{"M", "aten::relu"}, {"M", "aten::neg"}, {"M", "aten::tanh"}}));
    EXPECT_EQ(node_named(graph, "output/boxes").inputs, Names{"M/tanh"});
    EXPECT_EQ(node_named(graph, "output/scores").inputs, Names{"M/neg"});
    EXPECT_EQ(node_named(graph, "M/tanh").inputs, Names{"M/relu"});
  }
}

TEST(ScriptContainers, ThatAreInputsMayBeAddedTo) {
  const suar::Graph graph = exported(R"(
    def forward(self, named: Dict[str, Tensor]):
      named["sum"] = named["a"] + named["b"]
      return named
  )",
                                     {tensors({"a", "b"})});
  EXPECT_EQ(operations(graph), (Operations{{"M", "aten::add"}}));
  EXPECT_EQ(node_named(graph, "output/a").inputs, Names{"input/named.a"});
  EXPECT_EQ(node_named(graph, "output/sum").inputs, Names{"M/add"});
}

TEST(ScriptContainers, AreLookedUpWhereTheyChangeUnderAnotherName) {
  const suar::Graph graph = exported(
      R"(
    def forward(self, x, some: List[Dict[str, Tensor]]):
      for one in some:
        one["a"] = torch.neg(x)
      return some[0]["a"]
  )",
      {torch::ones({2, 4}),
       c10::List<c10::Dict<std::string, torch::Tensor>>({tensors({"a"}), tensors({"a"})})});
  EXPECT_EQ(scopes_of(graph, "aten::_set_item"), Names{"M/loop"});
  EXPECT_EQ(scopes_of(graph, "aten::__getitem__"), (Names{"M/loop", "M"}));
}

TEST(ScriptContainers, WithNamedFieldsMayBeGivenAsPlainTuples) {
  torch::jit::Module module("__torch__.M");
  module.define(R"(
    def forward(self, pair: Pair):
      y = pair.left
      right = pair.right
      if right is not None:
        y = y + right
      return y
  )",
                std::make_shared<PairName>());
  const c10::IValue pair = std::make_tuple(torch::ones({2, 4}), torch::ones({4}));
  const suar::Graph graph = suar::export_graph(module, std::vector<c10::IValue>{pair});
  expect_well_formed(graph);
  EXPECT_EQ(operations(graph), (Operations{{"M", "aten::add"}}));
  EXPECT_EQ(node_named(graph, "M/add").inputs, (Names{"input/pair.left", "input/pair.right"}));
}
