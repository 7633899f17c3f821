#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <torch/types.h>

#include <suar/error.h>

namespace suar {

/// Runs a model: input tensors to output tensors.
using ForwardFunction =
    std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>& inputs)>;

namespace detail {

inline void append_tensors(std::vector<torch::Tensor>& tensors, const torch::Tensor& tensor) {
  if (tensor.defined()) tensors.push_back(tensor);
}
template <typename... Elements>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::tuple<Elements...>& tuple);
template <typename First, typename Second>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::pair<First, Second>& pair);
template <typename Element, std::size_t size>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::array<Element, size>& array);
template <typename Element>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::optional<Element>& optional);
template <typename Element>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::vector<Element>& vector);

template <typename... Elements>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::tuple<Elements...>& tuple) {
  std::apply([&](const Elements&... elements) { (append_tensors(tensors, elements), ...); }, tuple);
}
template <typename First, typename Second>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::pair<First, Second>& pair) {
  append_tensors(tensors, pair.first);
  append_tensors(tensors, pair.second);
}
template <typename Element, std::size_t size>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::array<Element, size>& array) {
  for (const Element& element : array) append_tensors(tensors, element);
}
template <typename Element>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::optional<Element>& optional) {
  if (optional.has_value()) append_tensors(tensors, *optional);
}
template <typename Element>
void append_tensors(std::vector<torch::Tensor>& tensors, const std::vector<Element>& vector) {
  for (const Element& element : vector) append_tensors(tensors, element);
}

template <typename Model, typename... Inputs>
using ForwardResult = decltype(std::declval<Model&>().forward(std::declval<Inputs>()...));

template <typename Model, typename Indices, typename = void>
struct TakesTensors : std::false_type {};

template <std::size_t>
using TensorAt = torch::Tensor&;

template <typename Model, std::size_t... indices>
struct TakesTensors<Model, std::index_sequence<indices...>,
                    std::void_t<ForwardResult<Model, TensorAt<indices>...>>> : std::true_type {};

template <typename Model, typename = void>
struct TakesVector : std::false_type {};

template <typename Model>
struct TakesVector<Model, std::void_t<ForwardResult<Model, std::vector<torch::Tensor>&>>>
    : std::true_type {};

template <typename Model, std::size_t... indices>
bool call_with(Model& model, std::vector<torch::Tensor>& inputs,
               std::vector<torch::Tensor>& outputs, std::index_sequence<indices...>) {
  if constexpr (TakesTensors<Model, std::index_sequence<indices...>>::value) {
    if (inputs.size() != sizeof...(indices)) return false;
    append_tensors(outputs, model.forward(inputs[indices]...));
    return true;
  }
  return false;
}

template <typename Model, std::size_t... counts>
bool call_with_any_of(Model& model, std::vector<torch::Tensor>& inputs,
                      std::vector<torch::Tensor>& outputs, std::index_sequence<counts...>) {
  return (call_with(model, inputs, outputs, std::make_index_sequence<counts>()) || ...);
}

template <typename Model, std::size_t... counts>
constexpr bool takes_any_of(std::index_sequence<counts...>) {
  return (TakesTensors<Model, std::make_index_sequence<counts>>::value || ...);
}

}  // namespace detail

/// Calls `model.forward` with the tensors as its arguments (one to six), or with the vector where
/// it takes one, and gathers the tensors of the result in order; undefined ones are left out. The
/// function refers to `model`, which must outlive it.
template <typename Model>
ForwardFunction forward_function(Model& model) {
  using Counts = std::index_sequence<1, 2, 3, 4, 5, 6>;
  static_assert(detail::takes_any_of<Model>(Counts{}) || detail::TakesVector<Model>::value,
                "The model has no public forward() that takes tensors. Pass a "
                "suar::ForwardFunction that calls it.");
  return [&model](const std::vector<torch::Tensor>& given) {
    std::vector<torch::Tensor> inputs = given;
    std::vector<torch::Tensor> outputs;
    if (detail::call_with_any_of(model, inputs, outputs, Counts{})) return outputs;
    if constexpr (detail::TakesVector<Model>::value) {
      detail::append_tensors(outputs, model.forward(inputs));
      return outputs;
    }
    throw Error("The model's forward() does not take " + std::to_string(inputs.size()) +
                " tensors. Pass as many example inputs as it has arguments, or a "
                "suar::ForwardFunction that calls it.");
  };
}

}  // namespace suar
