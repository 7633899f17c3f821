#include <gtest/gtest.h>
#include <run_metadata.pb.h>

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

TEST(GraphCodec, WritesNamesAndTextsInUtf8) {
  const std::string bad = "n\xe9", good = "n\xef\xbf\xbd";
  GraphNode node;
  node.name = node.op = node.device = node.file = bad;
  node.inputs = {bad + ":1"};
  node.attributes = {{bad, bad},
                     {"texts", std::vector<std::string>{bad}},
                     {"microseconds", 2.0},
                     {"activation_bytes", int64_t{1}}};
  const Graph read = parse_graph_def(serialize_graph_def({{node}}));
  ASSERT_EQ(read.nodes.size(), 1u);
  EXPECT_EQ(read.nodes[0].name, good);
  EXPECT_EQ(read.nodes[0].op, good);
  EXPECT_EQ(read.nodes[0].device, good);
  EXPECT_EQ(read.nodes[0].file, good);
  EXPECT_EQ(read.nodes[0].inputs, std::vector<std::string>{good + ":1"});
  EXPECT_EQ(read.nodes[0].attributes.at(good), GraphAttribute(good));
  EXPECT_EQ(read.nodes[0].attributes.at("texts"), GraphAttribute(std::vector<std::string>{good}));

  schema::RunMetadata metadata;
  ASSERT_TRUE(metadata.ParseFromString(serialize_run_metadata({{node}})));
  EXPECT_EQ(metadata.step_stats().dev_stats(0).device(), good);
  EXPECT_EQ(metadata.step_stats().dev_stats(0).node_stats(0).node_name(), good);
  EXPECT_EQ(metadata.step_stats().dev_stats(0).node_stats(0).memory(0).allocator_name(), good);
}

TEST(GraphCodec, WritesTextWithOneFieldALine) {
  GraphNode node;
  node.name = "Net/add";
  node.op = "aten::add";
  node.inputs = {"input/x"};
  node.output_shapes = {GraphShape{2}, std::nullopt};
  node.attributes = {
      {"alpha", 0.5}, {"none", std::vector<int64_t>{}}, {"text", std::string("a\"\n\xc3\xbf\xff")}};
  EXPECT_EQ(graph_def_text({{node}}), R"(node {
  name: "Net/add"
  op: "aten::add"
  input: "input/x"
  attr {
    key: "alpha"
    value {
      f: 0.5
    }
  }
  attr {
    key: "none"
    value {
      list {
      }
    }
  }
  attr {
    key: "text"
    value {
      s: "a\"\012\303\277\357\277\275"
    }
  }
  attr {
    key: "_output_shapes"
    value {
      list {
        shape {
          dim {
            size: 2
          }
        }
        shape {
          unknown_rank: true
        }
      }
    }
  }
}
versions {
  producer: 22
}
)");
}

TEST(GraphCodec, GivesTimesAndMemoryOfNodesToTheRunMetadata) {
  GraphNode slow, quick, input;
  slow.name = "Net/conv";
  slow.device = "/device:CPU:0";
  slow.output_shapes = {GraphShape{2, 3}};
  slow.attributes = {{"microseconds", 12.6}, {"activation_bytes", int64_t{24}}};
  quick.name = "Net/relu";
  quick.device = "/device:CPU:0";
  quick.attributes = {{"microseconds", 0.2}};
  input.name = "input/x";
  const Graph graph = {{input, slow, quick}};
  schema::RunMetadata message;
  ASSERT_TRUE(message.ParseFromString(serialize_run_metadata(graph)));
  ASSERT_EQ(message.step_stats().dev_stats_size(), 1);
  const auto& device = message.step_stats().dev_stats(0);
  EXPECT_EQ(device.device(), "/device:CPU:0");
  ASSERT_EQ(device.node_stats_size(), 2);
  EXPECT_EQ(device.node_stats(0).node_name(), "Net/conv");
  EXPECT_EQ(device.node_stats(0).all_end_rel_micros(), 13);
  EXPECT_EQ(device.node_stats(0).memory(0).total_bytes(), 24);
  EXPECT_EQ(device.node_stats(0).output(0).tensor_description().shape().dim(1).size(), 3);
  EXPECT_EQ(device.node_stats(1).all_start_micros(), 13);
  EXPECT_EQ(device.node_stats(1).all_end_rel_micros(), 1);
}

TEST(GraphCodec, PutsRunMetadataIntoAnEventFileOnlyWhenThereAreTimes) {
  GraphNode node;
  node.name = "Net/conv";
  EXPECT_EQ(graph_events({{node}}).size(), 1u);
  node.attributes = {{"microseconds", 5.0}};
  const std::vector<Event> events = graph_events({{node}});
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(parse_graph_def(std::get<SerializedGraph>(events[0].what).graph_def).nodes.size(), 1u);
  EXPECT_EQ(std::get<RunMetadata>(events[1].what).run_metadata, serialize_run_metadata({{node}}));
}

TEST(GraphCodec, RefusesBytesThatAreNoGraph) {
  EXPECT_THROW(parse_graph_def("\xff\xff\xff"), Error);
}

}  // namespace
}  // namespace suar
