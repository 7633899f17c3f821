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

/// A model's forward() as a function.
template <typename Model>
struct Forward {
  Model& model;

  // `Own`, so that a model without forward() cannot be called here, and is no error.
  template <typename... Inputs, typename Own = Model>
  auto operator()(Inputs&&... inputs) const
      -> decltype(std::declval<Own&>().forward(std::forward<Inputs>(inputs)...)) {
    return model.forward(std::forward<Inputs>(inputs)...);
  }
};

template <std::size_t>
using TensorAt = torch::Tensor&;

template <typename Function, typename Indices>
struct TakesTensors : std::false_type {};

template <typename Function, std::size_t... indices>
struct TakesTensors<Function, std::index_sequence<indices...>>
    : std::is_invocable<Function&, TensorAt<indices>...> {};

template <typename Function, std::size_t... indices>
bool call_with(Function& function, std::vector<torch::Tensor>& inputs,
               std::vector<torch::Tensor>& outputs, std::index_sequence<indices...>) {
  if constexpr (TakesTensors<Function, std::index_sequence<indices...>>::value) {
    if (inputs.size() != sizeof...(indices)) return false;
    append_tensors(outputs, std::invoke(function, inputs[indices]...));
    return true;
  }
  return false;
}

template <typename Function, std::size_t... counts>
bool call_with_any_of(Function& function, std::vector<torch::Tensor>& inputs,
                      std::vector<torch::Tensor>& outputs, std::index_sequence<counts...>) {
  return (call_with(function, inputs, outputs, std::make_index_sequence<counts>()) || ...);
}

template <typename Function, std::size_t... counts>
constexpr bool takes_any_of(std::index_sequence<counts...>) {
  return (TakesTensors<Function, std::make_index_sequence<counts>>::value || ...);
}

/// Numbers of arguments that are tried: 0 to 12.
using ArgumentCounts = std::make_index_sequence<13>;

/// A function that takes tensors is not asked for a vector: the body of a generic one need not
/// stand it.
template <typename Function>
constexpr bool takes_vector() {
  if constexpr (takes_any_of<Function>(ArgumentCounts{})) {
    return false;
  } else {
    return std::is_invocable_v<Function&, std::vector<torch::Tensor>&>;
  }
}

template <typename Function>
constexpr bool takes_tensors() {
  return takes_any_of<Function>(ArgumentCounts{}) || takes_vector<Function>();
}

}  // namespace detail

/// Calls `function` with the tensors as its arguments (none to twelve), or with all in a vector
/// where it takes that instead, and gathers the tensors of the result in order: it may be a tensor,
/// or a tuple, pair, array, vector or optional of what it may be. Undefined ones are left out.
/// Throws `suar::Error` where it does not take that number of tensors.
template <typename Function>
ForwardFunction tensor_function(Function function) {
  static_assert(detail::takes_tensors<Function>(),
                "The function cannot be called with tensors: it should take torch::Tensor "
                "arguments or a std::vector<torch::Tensor>.");
  return [function](const std::vector<torch::Tensor>& given) mutable {
    std::vector<torch::Tensor> inputs = given;
    std::vector<torch::Tensor> outputs;
    if (detail::call_with_any_of(function, inputs, outputs, detail::ArgumentCounts{})) {
      return outputs;
    }
    if constexpr (detail::takes_vector<Function>()) {
      detail::append_tensors(outputs, std::invoke(function, inputs));
      return outputs;
    }
    throw Error("forward() does not take " + std::to_string(inputs.size()) +
                " tensors. Pass as many example inputs as it has arguments, or a function of them "
                "that calls it.");
  };
}

/// The same for the `forward` of a model, which must outlive the function.
template <typename Model>
ForwardFunction forward_function(Model& model) {
  using Forward = detail::Forward<Model>;
  static_assert(detail::takes_tensors<Forward>(),
                "The model has no public forward() that takes tensors. Pass a function that calls "
                "what it has.");
  return tensor_function(Forward{model});
}

/// True for a model whose `forward` can be called with one tensor.
template <typename Model>
constexpr bool takes_one_tensor() {
  return detail::takes_any_of<detail::Forward<Model>>(std::index_sequence<1>{});
}

}  // namespace suar
