#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <suar/graph_json.h>
#include <suar/graph_summary.h>

using suar::Graph;
using suar::GraphNode;
using suar::GraphShape;

TEST(GraphJson, HoldsNodesAndModulesWithTheirCosts) {
  GraphNode node;
  node.name = "Net/fc/addmm";
  node.op = "aten::addmm";
  node.inputs = {"input/x"};
  node.device = "/device:CPU:0";
  node.file = "/net.cpp";
  node.line = 7;
  node.output_shapes = {GraphShape{2, -1}, std::nullopt, GraphShape{}};
  node.attributes = {{"beta", 0.5},
                     {"flags", std::vector<bool>{true, false}},
                     {"macs", int64_t{12}},
                     {"names", std::vector<std::string>{"a", "b"}}};
  EXPECT_EQ(
      suar::graph_json({{node}, {{"Net/fc", "Linear", 8, 6, 32, 4}}}),
      R"({"nodes":[{"name":"Net/fc/addmm","op":"aten::addmm","device":"/device:CPU:0",)"
      R"("inputs":["input/x"],"output_shapes":[[2,-1],null,[]],"attributes":{"beta":0.5,)"
      R"("flags":[true,false],"macs":12,"names":["a","b"]},"file":"/net.cpp","line":7}],"modules":[{"scope":"Net/fc",)"
      R"("class_name":"Linear","output_shape":null,"cost":{"parameters":8,"trainable_parameters":6,"constants":0,"macs":12,"flops":0,)"
      R"("activation_bytes":0,"parameter_bytes":32,"buffer_bytes":4,"constant_bytes":0,"input_bytes":0,"microseconds":0.0,"operations":1,"unknown":1}}]})");
}

TEST(GraphJson, EscapesTextMendsWhatIsNotUtf8AndHasNoNumbersThatJsonLacks) {
  GraphNode node;
  node.name = "a\"\\\n\x01";
  node.op = "\xc3\xa9\xff\xc3(\xed\xa0\x80";  // é, no UTF-8, half of a pair
  node.attributes = {{"p", std::numeric_limits<double>::infinity()},
                     {"q", NAN},
                     {"r", std::vector<double>{-0.5, -HUGE_VAL}}};
  const std::string json = suar::graph_json({{node}});
  EXPECT_NE(json.find(R"("name":"a\"\\\n\u0001")"), std::string::npos) << json;
  EXPECT_NE(json.find("\"op\":\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd("), std::string::npos) << json;
  EXPECT_EQ(json.find("\xed\xa0"), std::string::npos) << json;
  EXPECT_NE(json.find(R"({"p":"Infinity","q":"NaN","r":[-0.5,"-Infinity"]})"), std::string::npos)
      << json;
}

TEST(GraphSummary, OfAGraphThatWasReadFromAFileHasItsScopes) {
  GraphNode input, relu;
  input.name = "input/x";
  input.op = "Input";
  relu.name = "Net/act/relu";
  relu.op = "aten::relu";
  relu.inputs = {"input/x"};
  relu.output_shapes = {GraphShape{1500, 2}};
  relu.attributes = {{"flops", int64_t{3000}}};
  GraphNode output;
  output.name = "output/y";
  output.op = "Output";
  output.inputs = {"Net/act/relu"};
  EXPECT_EQ(suar::graph_summary({{input, relu, output}}),
            "Module  Output shape  Parameters  MACs  FLOPs\n"
            "Net     [1500, 2]              0     0  3.0 k\n"
            "└─ act  [1500, 2]              0     0  3.0 k\n"
            "\n"
            "Parameters:  0 (0 trainable, 0 frozen)\n"
            "MACs:        0\n"
            "FLOPs:       3.0 k\n"
            "\n"
            "Inputs:      ?\n"
            "Activations: ?\n"
            "Parameters:  0 B\n"
            "Total:       ?\n");
}

TEST(GraphSummary, TellsWhatIsNotKnownFromNothing) {
  GraphNode linear, sort;
  linear.name = "Net/a/linear";
  linear.op = "aten::linear";
  linear.attributes = {
      {"macs", int64_t{12}}, {"flops", int64_t{24}}, {"activation_bytes", int64_t{8}}};
  sort.name = "Net/b/sort";
  sort.op = "aten::sort";
  const std::string text = suar::graph_summary({{linear, sort}});
  EXPECT_EQ(text.substr(0, text.find("\n\n")),
            "Module  Output shape  Parameters  MACs  FLOPs\n"
            "Net     -                      0  ≥ 12   ≥ 24\n"
            "├─ a    -                      0    12     24\n"
            "└─ b    -                      0     ?      ?");
  EXPECT_NE(text.find("MACs:        ≥ 12\nFLOPs:       ≥ 24\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Inputs:      0 B\nActivations: ≥ 8 B\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Total:       ≥ 8 B\n"), std::string::npos) << text;
}

TEST(GraphSummary, OfSeveralOutputsShowsTheFirst) {
  GraphNode norm, sum, first, second;
  norm.name = "Net/norm";
  norm.op = "aten::native_layer_norm";
  norm.output_shapes = {GraphShape{9}, GraphShape{3, 4}};
  sum.name = "Net/sum";
  sum.op = "aten::sum";
  sum.inputs = {"Net/norm"};
  sum.output_shapes = {GraphShape{}};
  first.name = "output/y";
  first.op = second.op = "Output";
  first.inputs = {"Net/norm:1"};
  second.name = "output/y_1";
  second.inputs = {"Net/sum"};
  const std::string text = suar::graph_summary({{norm, sum, first, second}});
  EXPECT_NE(text.find("\nNet     [3, 4] "), std::string::npos) << text;
}
