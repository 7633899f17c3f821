#include "function_name.h"

#include <gtest/gtest.h>

using suar::graph_export::FunctionName;
using suar::graph_export::parse_function_name;

namespace {

void expect_parts(const std::string& demangled, const std::string& class_name,
                  const std::string& function_name) {
  const FunctionName name = parse_function_name(demangled);
  EXPECT_EQ(name.class_name, class_name) << demangled;
  EXPECT_EQ(name.function_name, function_name) << demangled;
  EXPECT_FALSE(name.calls_through_any_module) << demangled;
}

}  // namespace

TEST(FunctionName, TakesApartMemberFunctions) {
  expect_parts("torch::nn::Conv2dImpl::forward(at::Tensor const&)", "torch::nn::Conv2dImpl",
               "forward");
  expect_parts("Net::forward(at::Tensor) const", "Net", "forward");
  expect_parts("(anonymous namespace)::Net::forward(at::Tensor)", "(anonymous namespace)::Net",
               "forward");
  expect_parts("Net::forward(at::Tensor) [clone .isra.0]", "Net", "forward");
}

TEST(FunctionName, SkipsTheReturnTypeOfTemplates) {
  expect_parts(
      "at::Tensor torch::nn::SequentialImpl::forward<at::Tensor, at::Tensor&>(at::Tensor&)",
      "torch::nn::SequentialImpl", "forward");
  expect_parts("std::vector<int, std::allocator<int> > Net<(Mode)1>::run<int>(int)", "Net<(Mode)1>",
               "run");
  expect_parts(
      "decltype (((declval<Net&>)()).forward((forward<at::Tensor&>)({parm#1}))) "
      "suar::detail::Forward<Net>::operator()<at::Tensor&, Net>(at::Tensor&) const",
      "suar::detail::Forward<Net>", "operator()");
  expect_parts("decltype(auto) Net::run<int>(int)", "Net", "run");
}

TEST(FunctionName, KnowsLocalClassesLambdasAndCallOperators) {
  expect_parts("Suite_Case_Test::TestBody()::Net::forward(at::Tensor)",
               "Suite_Case_Test::TestBody()::Net", "forward");
  expect_parts("make() const::Net::forward(at::Tensor)", "make() const::Net", "forward");
  expect_parts("Net::forward(at::Tensor)::{lambda(int)#1}::operator()(int) const",
               "Net::forward(at::Tensor)::{lambda(int)#1}", "operator()");
  expect_parts("Net::operator()(at::Tensor)", "Net", "operator()");
}

TEST(FunctionName, KnowsFreeFunctions) {
  expect_parts("torch::nn::functional::relu(at::Tensor)", "torch::nn::functional", "relu");
  expect_parts("main", "", "main");
  expect_parts("", "", "");
}

TEST(FunctionName, SeesThroughTheHolderOfAnyModule) {
  const FunctionName name = parse_function_name(
      "torch::nn::AnyModuleHolder<Net<2, std::pair<int, int> >, at::Tensor>::forward("
      "std::vector<torch::nn::AnyValue, std::allocator<torch::nn::AnyValue> >&&)");
  EXPECT_EQ(name.class_name, "Net<2, std::pair<int, int> >");
  EXPECT_EQ(name.function_name, "forward");
  EXPECT_TRUE(name.calls_through_any_module);
}

TEST(FunctionName, StandsBrokenNames) {
  for (const char* name :
       {"(", ")", "<", "::", "a<b", "a(b::c", "torch::nn::AnyModuleHolder<::f"}) {
    parse_function_name(name);
  }
}
