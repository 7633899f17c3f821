#include <gtest/gtest.h>

#include <suar/error.h>
#include <suar/graph.h>

namespace suar {
namespace {

TEST(GraphCodec, KeepsNodesShapesAndAttributes) {
  GraphNode node;
  node.name = "Net/conv1/_convolution";
  node.op = "aten::_convolution";
  node.inputs = {"input/x", "Net/conv1/weight:1", "^control"};
  node.device = "/device:CPU:0";
  node.output_shapes = {GraphShape{1, -1, 28}, std::nullopt, GraphShape{}};
  node.attributes = {{"bool", true},
                     {"int", int64_t{-3}},
                     {"double", 0.5},
                     {"text", std::string("a'b\n")},
                     {"bools", std::vector<bool>{true, false}},
                     {"ints", std::vector<int64_t>{1, 2}},
                     {"none", std::vector<int64_t>{}},
                     {"doubles", std::vector<double>{0.25}},
                     {"texts", std::vector<std::string>{"x", "y"}}};
  const Graph read = parse_graph_def(serialize_graph_def({{node}}));
  ASSERT_EQ(read.nodes.size(), 1u);
  EXPECT_EQ(read.nodes[0].name, node.name);
  EXPECT_EQ(read.nodes[0].op, node.op);
  EXPECT_EQ(read.nodes[0].inputs, node.inputs);
  EXPECT_EQ(read.nodes[0].device, node.device);
  EXPECT_EQ(read.nodes[0].output_shapes, node.output_shapes);
  EXPECT_EQ(read.nodes[0].attributes, node.attributes);
}

TEST(GraphCodec, RefusesBytesThatAreNoGraph) {
  EXPECT_THROW(parse_graph_def("\xff\xff\xff"), Error);
}

}  // namespace
}  // namespace suar
