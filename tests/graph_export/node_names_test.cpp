#include "node_names.h"

#include <gtest/gtest.h>

using suar::graph_export::name_part;
using suar::graph_export::NodeNames;

TEST(NodeNames, NumberRepeatedLeaves) {
  NodeNames names;
  EXPECT_EQ(names.unique("Net", "relu"), "Net/relu");
  EXPECT_EQ(names.unique("Net", "relu"), "Net/relu_1");
  EXPECT_EQ(names.unique("Net", "relu_1"), "Net/relu_1_1");
  EXPECT_EQ(names.unique("Net", "relu"), "Net/relu_2");
}

TEST(NodeNames, AvoidScopesAndTheirParents) {
  NodeNames names;
  names.reserve_scope("Net/block/relu");
  EXPECT_EQ(names.unique("Net", "block"), "Net/block_1");
  EXPECT_EQ(names.unique("Net/block", "relu"), "Net/block/relu_1");
}

TEST(NodeNames, ReplaceWhatTensorBoardReadsAsSyntax) {
  EXPECT_EQ(name_part("a:0^b/c d"), "a_0_b_c_d");
  EXPECT_EQ(name_part(""), "_");
}
