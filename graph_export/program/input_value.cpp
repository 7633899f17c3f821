#include "input_value.h"

#include <charconv>
#include <cstdint>
#include <map>
#include <sstream>
#include <vector>

#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/jit.h>
#include <torch/torch.h>

#include <suar/error.h>

namespace suar::graph_export {
namespace {

const std::map<std::string, torch::ScalarType>& types() {
  static const std::map<std::string, torch::ScalarType> all = {
      {"float16", torch::kHalf},   {"bfloat16", torch::kBFloat16}, {"float32", torch::kFloat},
      {"float64", torch::kDouble}, {"uint8", torch::kByte},        {"int8", torch::kChar},
      {"int16", torch::kShort},    {"int32", torch::kInt},         {"int64", torch::kLong},
      {"bool", torch::kBool}};
  return all;
}

/// Torch's other names of types, as in torch.long.
std::string full_name(const std::string& type) {
  static const std::map<std::string, std::string> names = {
      {"half", "float16"}, {"float", "float32"}, {"double", "float64"},
      {"short", "int16"},  {"int", "int32"},     {"long", "int64"}};
  const auto name = names.find(type);
  return name == names.end() ? type : name->second;
}

[[noreturn]] void fail(const std::string& text, const std::string& why) {
  throw Error("--input " + text +
              ": expected sizes and a type as 1,3,224,224 or 2,5:int64, found " + why);
}

torch::Tensor make_tensor(const std::string& text) {
  const auto colon = text.find(':');
  const std::string type_name =
      colon == std::string::npos ? "float32" : full_name(text.substr(colon + 1));
  const auto type = types().find(type_name);
  if (type == types().end()) {
    std::string known;
    for (const auto& [name, unused] : types()) known += " " + name;
    fail(text, "the type \"" + type_name + "\", which is none of" + known +
                   "; any other value is given as an expression, such as "
                   "\"=torch.complex(torch.rand([2, 5]), torch.rand([2, 5]))\"");
  }

  constexpr int64_t kMostElements = int64_t{1} << 31;
  std::vector<int64_t> sizes;
  int64_t elements = 1;
  std::istringstream parts(text.substr(0, colon));
  for (std::string part; std::getline(parts, part, ',');) {
    int64_t size = 0;
    const char* const end = part.data() + part.size();
    const auto result = std::from_chars(part.data(), end, size);
    if (result.ec != std::errc() || result.ptr != end || size < 0 || size > kMostElements) {
      fail(text, "the size \"" + part + "\"");
    }
    sizes.push_back(size);
    elements *= size;
    if (elements > kMostElements) fail(text, "more than 2^31 elements");
  }
  if (sizes.empty() && colon == std::string::npos) fail(text, "neither");
  if (!text.empty() && colon != 0 &&
      text[(colon == std::string::npos ? text.size() : colon) - 1] == ',') {
    fail(text, "a comma at the end");
  }

  const auto options = torch::TensorOptions(type->second);
  return c10::isFloatingType(type->second) ? torch::rand(sizes, options)
                                           : torch::zeros(sizes, options);
}

[[noreturn]] void fail_expression(const std::string& expression, const std::string& why) {
  throw Error("--input =" + expression +
              ": expected an expression of TorchScript, such as =3 or =[1, 2]; " + why);
}

/// The value of an expression of TorchScript.
c10::IValue evaluate(const std::string& expression) {
  if (expression.find_first_not_of(' ') == std::string::npos) fail_expression(expression, "none");
  try {
    return torch::jit::compile("def value():\n  return " + expression + "\n")->run_method("value");
  } catch (const c10::Error& error) {
    fail_expression(expression, error.what_without_backtrace());
  } catch (const std::exception& error) {
    fail_expression(expression, error.what());
  }
}

}  // namespace

c10::IValue make_input(const std::string& text) {
  if (!text.empty() && text.front() == '=') return evaluate(text.substr(1));
  return make_tensor(text);
}

}  // namespace suar::graph_export
