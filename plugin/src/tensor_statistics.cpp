#include "tensor_statistics.h"

#include <ATen/ATen.h>

#include "parallel_statistics.h"
#include "real_elements.h"

namespace suar {
namespace {

/// The zeros that a sparse tensor does not store.
void add_zeros(uint64_t count, NumberStatistics& statistics) {
  if (count == 0) return;
  const double zero = 0;
  const NumberStatistics one = compute_statistics(&zero, 1);
  for (std::size_t i = 0; i < one.buckets.size(); ++i) {
    statistics.buckets[i] += one.buckets[i] * count;
  }
  const bool was_empty = statistics.finite == 0;
  statistics.min = was_empty ? 0 : std::min(statistics.min, 0.0);
  statistics.max = was_empty ? 0 : std::max(statistics.max, 0.0);
  statistics.finite += count;
  statistics.zeros += count;
}

bool has_kernel(at::ScalarType type) {
  return type == at::kFloat || type == at::kDouble || type == at::kHalf || type == at::kBFloat16;
}

}  // namespace

NumberStatistics compute_statistics(const torch::Tensor& tensor) {
  if (has_kernel(tensor.scalar_type()) && lies_in_memory(tensor)) {
    return compute_statistics_in_parallel(tensor);
  }
  const at::NoGradGuard no_grad;
  at::Tensor values = real_elements(tensor).to(at::kCPU);
  // In whatever order they lie: statistics know none.
  if (!values.is_non_overlapping_and_dense()) values = values.contiguous();
  NumberStatistics statistics = compute_statistics_in_parallel(values);
  add_zeros(static_cast<uint64_t>(tensor.numel() - values.numel()), statistics);
  return statistics;
}

}  // namespace suar
