#include "real_elements.h"

#include <ATen/ATen.h>

namespace suar {
namespace {

/// Which elements fall on one place: a number for each, ascending from 0 in the order of `places`,
/// which are sorted.
torch::Tensor number_places(const torch::Tensor& places) {
  const auto is_new = places.slice(0, 1).ne(places.slice(0, 0, -1));
  return at::cat({at::zeros({1}, is_new.options()), is_new}).cumsum(0);
}

/// What a tensor of coordinates stores, once for each place: an embedding's gradient has a row for
/// each use of a word. `coalesce` does so too, but asks the device how many places there are; here
/// zeros take the room that is left over.
torch::Tensor add_up_places(const torch::Tensor& sparse) {
  const torch::Tensor values = sparse._values();
  if (sparse.is_coalesced() || values.size(0) < 2) return values;
  const torch::Tensor coordinates = sparse._indices();
  torch::Tensor places = coordinates[0];
  for (int64_t i = 1; i < sparse.sparse_dim(); ++i) {
    places = places * sparse.size(i) + coordinates[i];
  }
  const auto [sorted, order] = places.sort();
  return at::zeros_like(values).index_add_(0, number_places(sorted), values.index_select(0, order));
}

torch::Tensor stored_elements(const torch::Tensor& tensor) {
  torch::Tensor values;
  switch (tensor.layout()) {
    case at::kStrided:
      return tensor;
    case at::kSparse:
      // More is stored than there are places: those are fewer.
      if (tensor._values().numel() > tensor.numel()) return tensor.to_dense();
      values = tensor.sparse_dim() > 0 ? add_up_places(tensor) : tensor.to_dense();
      break;
    case at::kSparseCsr:
    case at::kSparseCsc:
    case at::kSparseBsr:
    case at::kSparseBsc:
      values = tensor.values();
      break;
    default:
      return tensor.to_dense();
  }
  return values.numel() > 0 || tensor.numel() == 0 ? values : at::zeros({1}, values.options());
}

}  // namespace

torch::Tensor real_elements(const torch::Tensor& tensor) {
  const at::NoGradGuard no_grad;
  at::Tensor values = tensor.detach();
  if (values.is_quantized()) values = values.dequantize();
  values = stored_elements(values);
  if (values.is_complex()) {
    if (values.scalar_type() == at::kComplexHalf) values = values.to(at::kComplexFloat);
    values = values.abs();
  }
  if (values.is_neg()) values = values.resolve_neg();
  switch (values.scalar_type()) {
    case at::kFloat:
    case at::kDouble:
    case at::kHalf:
    case at::kBFloat16:
      return values;
    default:
      // Integers up to 32 bits fit a double without loss.
      return values.to(at::isFloatingType(values.scalar_type()) ? at::kFloat : at::kDouble);
  }
}

bool lies_in_memory(const torch::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided && !tensor.is_neg() &&
         tensor.is_non_overlapping_and_dense();
}

}  // namespace suar
