#include "input_tensor.h"

#include <charconv>
#include <cstdint>
#include <map>
#include <sstream>
#include <vector>

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

[[noreturn]] void fail(const std::string& text, const std::string& why) {
  throw Error("--input " + text +
              ": expected sizes and a type as 1,3,224,224 or 2,5:int64, found " + why);
}

}  // namespace

torch::Tensor make_input(const std::string& text) {
  const auto colon = text.find(':');
  const std::string type_name = colon == std::string::npos ? "float32" : text.substr(colon + 1);
  const auto type = types().find(type_name);
  if (type == types().end()) {
    std::string known;
    for (const auto& [name, unused] : types()) known += " " + name;
    fail(text, "the type \"" + type_name + "\", which is none of" + known);
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

}  // namespace suar::graph_export
