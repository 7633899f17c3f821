#pragma once

#include <string>

namespace suar::graph_export {

/// What a demangled function name says about the class that the function belongs to.
struct FunctionName {
  std::string class_name;     ///< "torch::nn::Conv2dImpl"; of a free function its namespace
  std::string function_name;  ///< "forward"; without template arguments
  /// True for the wrapper through which `torch::nn::AnyModule` calls a module; `class_name` is then
  /// the class of the module.
  bool calls_through_any_module = false;
};

/// Takes apart "at::Tensor Net<2>::forward<int>(int) const".
FunctionName parse_function_name(const std::string& demangled);

/// True for a function of LibTorch, of the standard library or of Suar, whatever it is made for.
bool is_of_library(const FunctionName& name);

}  // namespace suar::graph_export
