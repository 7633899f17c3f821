#include "tensor_elements.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "record_format.h"

namespace suar {
namespace {

// A list may say one element for all; a few bytes must not claim much memory.
constexpr std::size_t kMostFilled = 256;

/// The number whose bits these are.
template <class Number, class Bits>
Number number_of(Bits bits) {
  static_assert(sizeof(Number) == sizeof(Bits));
  Number number;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

double float16_of(uint16_t bits) {
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  const int exponent = bits >> 10 & 0x1f;
  const int fraction = bits & 0x3ff;
  if (exponent == 0x1f) {
    return fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  }
  const int leading = exponent != 0 ? 0x400 : 0;
  return sign * std::ldexp(leading | fraction, (exponent != 0 ? exponent : 1) - 25);
}

template <class Bits, class Convert>
std::optional<std::vector<double>> numbers_in(std::string_view content, Convert convert) {
  if (content.size() % sizeof(Bits) != 0) return std::nullopt;
  std::vector<double> numbers;
  numbers.reserve(content.size() / sizeof(Bits));
  for (std::size_t i = 0; i < content.size(); i += sizeof(Bits)) {
    const auto bits = load_little_endian<Bits>(content.data() + i);
    numbers.push_back(static_cast<double>(convert(bits)));
  }
  return numbers;
}

std::optional<std::vector<double>> numbers_in(std::string_view content, TensorType type) {
  switch (type) {
    case TensorType::float32:
      return numbers_in<uint32_t>(content, number_of<float, uint32_t>);
    case TensorType::float64:
      return numbers_in<uint64_t>(content, number_of<double, uint64_t>);
    case TensorType::float16:
      return numbers_in<uint16_t>(content, float16_of);
    case TensorType::bfloat16:
      return numbers_in<uint16_t>(
          content, [](uint16_t bits) { return number_of<float>(uint32_t{bits} << 16); });
    case TensorType::int8:
      return numbers_in<uint8_t>(content, number_of<int8_t, uint8_t>);
    case TensorType::int16:
      return numbers_in<uint16_t>(content, number_of<int16_t, uint16_t>);
    case TensorType::int32:
      return numbers_in<uint32_t>(content, number_of<int32_t, uint32_t>);
    case TensorType::int64:
      return numbers_in<uint64_t>(content, number_of<int64_t, uint64_t>);
    case TensorType::uint8:
    case TensorType::boolean:
      return numbers_in<uint8_t>(content, [](uint8_t number) { return number; });
    case TensorType::uint16:
      return numbers_in<uint16_t>(content, [](uint16_t number) { return number; });
    case TensorType::uint32:
      return numbers_in<uint32_t>(content, [](uint32_t number) { return number; });
    case TensorType::uint64:
      return numbers_in<uint64_t>(content, [](uint64_t number) { return number; });
    default:
      return std::nullopt;
  }
}

/// Number of elements that the shape says; 0 when it says none, or more than are filled in.
std::size_t filled_size(const TensorMessage& tensor) {
  std::size_t size = 1;
  for (const auto& dim : tensor.dims) {
    if (dim.size <= 0 || dim.size > static_cast<int64_t>(kMostFilled / size)) return 0;
    size *= static_cast<std::size_t>(dim.size);
  }
  return size;
}

/// The elements as content: of `numbers_each` numbers of the list, each number in as many bytes as
/// `Bits` has. The last element stands for those that the shape says beyond the list.
template <class Bits, class List>
std::string content_of(const TensorMessage& tensor, const List& list,
                       std::size_t numbers_each = 1) {
  std::string content;
  for (const auto number : list) {
    Bits bits = 0;
    if constexpr (std::is_floating_point_v<typename List::value_type>) {
      bits = number_of<Bits>(number);
    } else {
      bits = static_cast<Bits>(number);
    }
    char bytes[sizeof bits];
    store_little_endian(bytes, bits);
    content.append(bytes, sizeof bytes);
  }
  const std::size_t element = numbers_each * sizeof(Bits);
  if (content.size() < element) return content;
  const std::size_t size = filled_size(tensor) * element;
  while (content.size() < size) content += content.substr(content.size() - element);
  return content;
}

/// What the lists say that a tensor of this type has.
std::string content_of_lists(const TensorMessage& tensor) {
  switch (static_cast<TensorType>(tensor.dtype)) {
    case TensorType::float32:
      return content_of<uint32_t>(tensor, tensor.floats);
    case TensorType::float64:
      return content_of<uint64_t>(tensor, tensor.doubles);
    case TensorType::float16:
    case TensorType::bfloat16:
      return content_of<uint16_t>(tensor, tensor.halves);
    case TensorType::complex64:
      return content_of<uint32_t>(tensor, tensor.complex_floats, 2);
    case TensorType::complex128:
      return content_of<uint64_t>(tensor, tensor.complex_doubles, 2);
    case TensorType::int32:
      return content_of<uint32_t>(tensor, tensor.ints);
    case TensorType::int16:
    case TensorType::uint16:
      return content_of<uint16_t>(tensor, tensor.ints);
    case TensorType::int8:
    case TensorType::uint8:
      return content_of<uint8_t>(tensor, tensor.ints);
    case TensorType::int64:
      return content_of<uint64_t>(tensor, tensor.int64s);
    case TensorType::uint32:
      return content_of<uint32_t>(tensor, tensor.uint32s);
    case TensorType::uint64:
      return content_of<uint64_t>(tensor, tensor.uint64s);
    case TensorType::boolean:
      return content_of<uint8_t>(tensor, tensor.bools);
    default:
      return {};
  }
}

}  // namespace

std::optional<std::vector<double>> numbers_of(const TensorMessage& tensor) {
  const auto type = static_cast<TensorType>(tensor.dtype);
  if (!tensor.content.empty()) return numbers_in(tensor.content, type);
  return numbers_in(content_of_lists(tensor), type);
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
