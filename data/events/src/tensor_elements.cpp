#include "tensor_elements.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace suar {
namespace {

bool has_type(const TensorMessage& tensor, TensorType type) {
  return tensor.dtype == static_cast<int32_t>(type);
}

template <class Number>
std::optional<std::vector<double>> numbers_in(std::string_view content) {
  if (content.size() % sizeof(Number) != 0) return std::nullopt;
  std::vector<double> numbers(content.size() / sizeof(Number));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Number number;
    std::memcpy(&number, content.data() + i * sizeof(Number), sizeof(Number));
    numbers[i] = static_cast<double>(number);
  }
  return numbers;
}

template <class Number>
std::optional<std::vector<double>> numbers_in(std::string_view content,
                                              const std::vector<Number>& list) {
  if (!content.empty()) return numbers_in<Number>(content);
  return std::vector<double>(list.begin(), list.end());
}

template <class Element, class Number>
std::string content_of(const std::vector<Number>& list) {
  std::string content(list.size() * sizeof(Element), '\0');
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto element = static_cast<Element>(list[i]);
    std::memcpy(content.data() + i * sizeof element, &element, sizeof element);
  }
  return content;
}

/// Small integers stand in the list of `int32`.
std::string content_of_lists(const TensorMessage& tensor) {
  switch (static_cast<TensorType>(tensor.dtype)) {
    case TensorType::float32:
      return content_of<float>(tensor.floats);
    case TensorType::float64:
      return content_of<double>(tensor.doubles);
    case TensorType::int32:
      return content_of<int32_t>(tensor.ints);
    case TensorType::int16:
    case TensorType::uint16:
      return content_of<uint16_t>(tensor.ints);
    case TensorType::int8:
    case TensorType::uint8:
      return content_of<uint8_t>(tensor.ints);
    case TensorType::int64:
      return content_of<int64_t>(tensor.int64s);
    case TensorType::boolean: {
      std::string content;
      for (const bool element : tensor.bools) content.push_back(element ? 1 : 0);
      return content;
    }
    default:
      return {};
  }
}

}  // namespace

std::optional<std::vector<double>> numbers_of(const TensorMessage& tensor) {
  if (has_type(tensor, TensorType::float32)) return numbers_in(tensor.content, tensor.floats);
  if (has_type(tensor, TensorType::float64)) return numbers_in(tensor.content, tensor.doubles);
  if (has_type(tensor, TensorType::int32)) return numbers_in(tensor.content, tensor.ints);
  if (has_type(tensor, TensorType::int64)) return numbers_in(tensor.content, tensor.int64s);
  return std::nullopt;
}

TensorValue tensor_value_of(const TensorMessage& tensor) {
  TensorValue value;
  value.type = static_cast<TensorType>(tensor.dtype);
  for (const auto& dim : tensor.dims) value.shape.push_back(dim.size);
  value.content = tensor.content.empty() ? content_of_lists(tensor) : std::string(tensor.content);
  value.strings.assign(tensor.strings.begin(), tensor.strings.end());
  return value;
}

}  // namespace suar
