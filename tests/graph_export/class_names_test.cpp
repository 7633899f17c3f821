#include "class_names.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

using suar::graph_export::class_names;
using suar::graph_export::short_class_name;

TEST(ClassNames, ListTheClassAndItsBases) {
  const auto names = class_names(typeid(torch::nn::Conv2dImpl));
  EXPECT_EQ(names.front(), "torch::nn::Conv2dImpl");
  EXPECT_GT(names.size(), 1u);
  for (const std::string& name : names) EXPECT_NE(name, "torch::nn::Module");
}

TEST(ClassNames, AreShortWithoutNamespacesArgumentsAndImpl) {
  EXPECT_EQ(short_class_name("(anonymous namespace)::NetImpl"), "Net");
  EXPECT_EQ(short_class_name("Net<std::pair<int, int> >"), "Net");
  EXPECT_EQ(short_class_name("Impl"), "Impl");
}
