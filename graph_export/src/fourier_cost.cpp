#include "fourier_cost.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <variant>

#include <c10/core/ScalarType.h>
#include <torch/csrc/jit/ir/ir.h>

#include "value_types.h"

namespace suar::graph_export {
namespace {

/// `elements` numbers in groups of `length` that are transformed together.
OperationCost transform(int64_t elements, int64_t length, bool is_real) {
  const double numbers = static_cast<double>(elements);
  const double flops = (is_real ? 2.5 : 5.0) * numbers * std::log2(static_cast<double>(length));
  return {0, static_cast<int64_t>(std::llround(flops))};
}

bool is_complex(const torch::jit::Value& value) {
  const auto type = scalar_type_of(value);
  if (!type) throw UnknownShape();
  return c10::isComplexType(*type);
}

std::optional<std::vector<int64_t>> integers(const CostedOperation& operation,
                                             const char* argument) {
  const auto value = operation.constant(argument);
  if (!value) return std::nullopt;
  if (const auto* number = std::get_if<int64_t>(&*value)) return std::vector<int64_t>{*number};
  if (const auto* list = std::get_if<std::vector<int64_t>>(&*value)) return *list;
  return std::nullopt;
}

/// Which dimensions are transformed, counted from the first one.
std::vector<std::size_t> dimensions_of(const CostedOperation& operation, std::size_t rank) {
  std::vector<std::size_t> dimensions;
  if (const auto given = integers(operation, "dim")) {
    for (const int64_t dimension : *given) {
      const auto signed_rank = static_cast<int64_t>(rank);
      const int64_t index = dimension < 0 ? dimension + signed_rank : dimension;
      if (index < 0 || index >= signed_rank) throw UnknownShape();
      dimensions.push_back(static_cast<std::size_t>(index));
    }
  } else {
    const auto sizes = integers(operation, "s");
    const std::size_t count = sizes ? std::min(sizes->size(), rank) : rank;
    for (std::size_t i = rank - count; i < rank; ++i) dimensions.push_back(i);
  }
  if (dimensions.empty()) throw UnknownShape();
  return dimensions;
}

OperationCost transform_of(const GraphShape& signal, const std::vector<std::size_t>& dimensions,
                           bool is_real) {
  int64_t length = 1;
  for (const std::size_t dimension : dimensions) length *= signal[dimension];
  if (length == 0) return {};
  return transform(CostedOperation::count(signal), length, is_real);
}

constexpr std::size_t kWindow = 4;

/// The pieces of a signal whose spectra make a spectrogram.
struct Frames {
  /// Of [..., bins, frames] complex numbers, or [..., bins, frames, 2] real ones.
  Frames(const CostedOperation& operation, const torch::jit::Value& spectrogram) {
    const auto sizes = integers(operation, "n_fft");
    const auto shape = shape_of(spectrogram);
    if (!sizes || sizes->size() != 1 || !shape) throw UnknownShape();
    size = sizes->front();
    const std::size_t behind = is_complex(spectrogram) ? 2 : 3;
    if (shape->size() < behind) throw UnknownShape();
    const int64_t bins = (*shape)[shape->size() - behind];
    const int64_t parts = behind == 2 ? 1 : 2;
    if (bins <= 0 || size <= 0) throw UnknownShape();
    count = CostedOperation::count(*shape) / (bins * parts);
  }

  int64_t elements() const { return count * size; }

  int64_t count = 0;
  int64_t size = 0;
};

}  // namespace

OperationCost fourier_cost(const CostedOperation& operation) {
  const GraphShape signal = operation.output_shape();
  const bool is_real = !is_complex(operation.input(0)) || !is_complex(operation.output());
  return transform_of(signal, dimensions_of(operation, signal.size()), is_real);
}

OperationCost half_spectrum_cost(const CostedOperation& operation) {
  GraphShape signal = operation.output_shape();
  const std::vector<std::size_t> dimensions = dimensions_of(operation, signal.size());
  const std::size_t last = dimensions.back();
  auto sizes = integers(operation, "n");
  if (!sizes) sizes = integers(operation, "s");
  const GraphShape input = operation.shape(0);
  if (input.size() != signal.size()) throw UnknownShape();
  signal[last] = sizes && !sizes->empty() ? sizes->back() : input[last];
  return transform_of(signal, dimensions, /*is_real=*/true);
}

OperationCost spectrogram_cost(const CostedOperation& operation) {
  const Frames frames(operation, operation.output());
  OperationCost cost = transform(frames.elements(), frames.size, !is_complex(operation.input(0)));
  if (operation.is_tensor(kWindow)) cost.flops += frames.elements();
  return cost;
}

OperationCost inverse_spectrogram_cost(const CostedOperation& operation) {
  const Frames frames(operation, operation.input(0));
  OperationCost cost = transform(frames.elements(), frames.size, !is_complex(operation.output()));
  if (operation.is_tensor(kWindow)) cost.flops += frames.elements();
  cost.flops += frames.elements() + operation.output_elements();
  return cost;
}

}  // namespace suar::graph_export
