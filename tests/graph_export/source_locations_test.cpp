// Compiled with debug information, whatever the rest is compiled with.

#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <suar/graph_export.h>
#include <suar/graph_ops.h>

namespace {

using Place = std::pair<std::string, int64_t>;

/// Line numbers as the compiler counts them, noted where the calls stand.
struct Lines {
  int linear = 0, relu = 0, helper = 0, lambda = 0, sequential = 0, block = 0, sum = 0, any = 0,
      shared = 0, local = 0;
} lines;

torch::Tensor twice(const torch::Tensor& x) {
  lines.helper = __LINE__ + 1;
  return x.mul(2);
}

struct HalfImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    lines.block = __LINE__ + 1;
    return x.div(2);
  }
};
TORCH_MODULE(Half);

struct Located : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    lines.linear = __LINE__ + 1;
    x = linear->forward(x);
    lines.relu = __LINE__ + 1;
    x = torch::relu(x);
    x = twice(x);
    lines.lambda = __LINE__ + 1;
    const std::function<torch::Tensor()> root = [&] { return x.sqrt(); };
    x = root();
    lines.sequential = __LINE__ + 1;
    return sequential->forward(x);
  }
  torch::nn::Linear linear = register_module("linear", torch::nn::Linear(3, 3));
  torch::nn::Sequential sequential =
      register_module("sequential", torch::nn::Sequential(torch::nn::Tanh(), Half()));
};

Place place_of(const suar::Graph& graph, const std::string& op) {
  for (const suar::GraphNode& node : graph.nodes) {
    if (node.op == op) return {node.file, node.line};
  }
  ADD_FAILURE() << "no " << op;
  return {};
}

bool are_lines_known() {
#ifdef SUAR_SOURCE_LOCATIONS
  return std::getenv("SUAR_TEST_IS_STRIPPED") == nullptr;
#else
  return false;
#endif
}

/// This line of this file, or nothing where there is nothing to know it from.
Place here(int line) {
  return are_lines_known() ? Place{SUAR_THIS_FILE, line} : Place{"", 0};
}

/// One of a TorchScript method, as if it had been written there.
void set_source(torch::jit::Module& module, const std::string& file, int line,
                const std::string& text = "y = x") {
  auto source = std::make_shared<torch::jit::Source>(text, file, static_cast<std::size_t>(line));
  for (torch::jit::Node* node : module.get_method("forward").graph()->nodes()) {
    node->setSourceRange(torch::jit::SourceRange(source, 0, 5));
  }
}

constexpr const char* kLayerFile = "/usr/lib/python3/dist-packages/torch/nn/functional.py";

}  // namespace

TEST(SourceLocations, AreTheLinesOfTheUsersCodeWhereThereIsDebugInformation) {
  Located net;
  const suar::Graph graph = suar::export_graph(net, torch::rand({2, 3}));
  EXPECT_EQ(place_of(graph, "aten::addmm"), here(lines.linear));
  EXPECT_EQ(place_of(graph, "aten::relu"), here(lines.relu));
  EXPECT_EQ(place_of(graph, "aten::mul"), here(lines.helper));
  EXPECT_EQ(place_of(graph, "aten::sqrt"), here(lines.lambda));
  EXPECT_EQ(place_of(graph, "aten::tanh"), here(lines.sequential));
  EXPECT_EQ(place_of(graph, "aten::div"), here(lines.block));
  EXPECT_EQ(place_of(graph, "Parameter"), Place("", 0));
}

/// What LibTorch and Suar have in their headers, as a user's program has it that is optimised.
struct Inlined : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    lines.sum = __LINE__ + 1;
    return x + 1;
  }
};

TEST(SourceLocations, AreNotThoseOfHeadersOfTheLibraries) {
  Inlined net;
  const suar::Graph graph = suar::export_graph(net, torch::rand({2, 3}));
  EXPECT_EQ(place_of(graph, "aten::add"), here(lines.sum));
  torch::nn::Sequential sequential{torch::nn::Tanh(), torch::nn::ReLU()};
  const suar::Graph library = suar::export_graph(sequential, torch::rand({2, 3}));
  EXPECT_EQ(place_of(library, "aten::tanh").first.find("include/suar"), std::string::npos);
}

/// Through templates of LibTorch, which the compiler may put into forward(), and that into Suar's.
struct ThroughAnyModule : torch::nn::Module {
  ThroughAnyModule() {
    register_module("linear", linear.ptr());
    register_module("activation", activation.ptr());
  }
  torch::Tensor forward(torch::Tensor x) {
    lines.any = __LINE__ + 1;
    return activation.forward(linear.forward(x));
  }
  torch::nn::AnyModule linear{torch::nn::Linear(3, 3)};
  torch::nn::AnyModule activation{torch::nn::GELU()};
};

TEST(SourceLocations, AreFoundBehindTheTemplatesOfLibTorch) {
  ThroughAnyModule net;
  const suar::Graph graph = suar::export_graph(net, torch::rand({2, 3}));
  for (const char* const op : {"aten::t", "aten::addmm", "aten::gelu"}) {
    EXPECT_EQ(place_of(graph, op), here(lines.any)) << op;
  }
}

struct HoldsImpl : torch::nn::Module {
  explicit HoldsImpl(const torch::nn::Linear& held) : layer(register_module("layer", held)) {}
  torch::Tensor forward(torch::Tensor x) {
    lines.shared = __LINE__ + 1;
    return torch::relu(layer(x));
  }
  torch::nn::Linear layer;
};
TORCH_MODULE(Holds);

struct Twice : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return second(first(x)); }
  torch::nn::Linear linear{3, 3};
  Holds first = register_module("first", Holds(linear));
  Holds second = register_module("second", Holds(linear));
};

TEST(SourceLocations, AreThoseOfTheInnermostForwardThatIsTheUsers) {
  Twice net;
  const suar::Graph graph = suar::export_graph(net, torch::rand({2, 3}));
  int found = 0;
  for (const suar::GraphNode& node : graph.nodes) {
    if (!suar::is_operation(node)) continue;
    EXPECT_EQ(Place(node.file, node.line), here(lines.shared)) << node.name;
    ++found;
  }
  EXPECT_EQ(found, 6);
}

TEST(SourceLocations, AreKnownOfClassesInsideOfFunctions) {
  struct Local : torch::nn::Module {
    torch::Tensor forward(torch::Tensor x) {
      lines.local = __LINE__ + 1;
      return activation->forward(x * 2);
    }
    torch::nn::Tanh activation = register_module("activation", torch::nn::Tanh());
  } net;
  const suar::Graph graph = suar::export_graph(net, torch::rand({2, 3}));
  EXPECT_EQ(place_of(graph, "aten::mul"), here(lines.local));
  EXPECT_EQ(place_of(graph, "aten::tanh"), here(lines.local));
  // Not inlined: called through a table.
  const std::function<torch::Tensor(torch::Tensor)> function = [&](torch::Tensor x) {
    return net.forward(x);
  };
  const suar::Graph called = suar::export_graph(net, function, torch::rand({2, 3}));
  EXPECT_EQ(place_of(called, "aten::tanh"), here(lines.local));
}

TEST(SourceLocations, AreLeftOutOnRequestAndKnownAgainLater) {
  Located net;
  const torch::Tensor input = torch::rand({2, 3});
  const suar::Graph without =
      suar::export_graph(net, input, suar::GraphExportOptions().source_locations(false));
  EXPECT_EQ(place_of(without, "aten::relu"), Place("", 0));
  const suar::Graph graph = suar::export_graph(net, input);
  EXPECT_EQ(place_of(graph, "aten::relu"), here(lines.relu));
}

TEST(SourceLocations, OfTorchScriptAreTheLinesOfPythonOutsideOfLibTorch) {
  torch::jit::Module layer("__torch__.Layer");
  layer.define("def forward(self, x):\n  return torch.relu(x)\n");
  set_source(layer, kLayerFile, 98);
  torch::jit::Module net("__torch__.Net");
  net.register_module("layer", layer);
  net.define("def forward(self, x):\n  return torch.tanh(self.layer.forward(x))\n");
  set_source(net, "/home/ada/net.py", 7);

  const suar::Graph graph = suar::export_graph(net, torch::rand({2}));
  EXPECT_EQ(place_of(graph, "aten::tanh"), Place("/home/ada/net.py", 7));
  EXPECT_EQ(place_of(graph, "aten::relu"), Place("/home/ada/net.py", 7));
  // Where nothing else is known, LibTorch's own code is better than nothing.
  EXPECT_EQ(place_of(suar::export_graph(layer, torch::rand({2})), "aten::relu").second, 98);
}

TEST(SourceLocations, OfWhatPythonTracedAreThoseOfItsCallStack) {
  torch::jit::Module net("__torch__.Net");
  net.define("def forward(self, x):\n  return torch.relu(x)\n");
  set_source(net, kLayerFile, 98,
             std::string(kLayerFile) + "(98): relu\n/home/ada/net.py(7): forward\n");
  const suar::Graph graph = suar::export_graph(net, torch::rand({2}));
  EXPECT_EQ(place_of(graph, "aten::relu"), Place("/home/ada/net.py", 7));
}

TEST(SourceLocations, OfWhatWasTypedIntoAnInterpreterAreNotThoseOfTheInterpreter) {
  torch::jit::Module net("__torch__.Net");
  net.define("def forward(self, x):\n  return torch.relu(x)\n");
  set_source(
      net, kLayerFile, 98,
      std::string(kLayerFile) + "(98): relu\n<stdin>(3): forward\n/usr/bin/shell.py(9): run\n");
  const suar::Graph graph = suar::export_graph(net, torch::rand({2}));
  EXPECT_EQ(place_of(graph, "aten::relu"), Place(kLayerFile, 98));
}

TEST(SourceLocations, OfLoopsAreKnownToo) {
  torch::jit::Module net("__torch__.Net");
  net.define(R"(
    def forward(self, x):
      for i in range(2):
        x = torch.relu(x)
      return x
  )");
  set_source(net, "/home/ada/net.py", 7);
  const suar::Graph graph = suar::export_graph(net, torch::rand({2}));
  EXPECT_EQ(place_of(graph, "prim::Loop"), Place("/home/ada/net.py", 7));
}

TEST(SourceLocations, AreWrittenAndRead) {
  suar::GraphNode node;
  node.name = "Net/relu";
  node.file = "C:/net.cpp";
  node.line = 12;
  const suar::Graph graph = suar::parse_graph_def(suar::serialize_graph_def({{node}}));
  EXPECT_EQ(graph.nodes.front().file, "C:/net.cpp");
  EXPECT_EQ(graph.nodes.front().line, 12);
  EXPECT_TRUE(graph.nodes.front().attributes.empty());
  EXPECT_NE(suar::graph_def_text({{node}}).find("\"C:/net.cpp:12\""), std::string::npos);
}
